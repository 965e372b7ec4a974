"""Duty rules in office words, against an oracle written apart (tests/stations/oracle.py), for 2024–2027."""

from datetime import date

import pytest

from portal.congress.rulepacks import shipped_calendar
from portal.stations.duty_words import read
from portal.stations.rules import LAST, Pattern, RuledDay, ruled_days, sentence, shared_out
from tests.stations import oracle
from tests.stations.oracle import ALL

YEARS = range(2024, 2028)
ODD, EVEN = range(1, 13, 2), range(2, 13, 2)
WORDS = {
    "每月15日上午": (ALL, ("day", 15), "move"),
    "每月15日上午,遇节假日顺延,单月": (ODD, ("day", 15), "move"),
    "单月15日9:00-11:00，遇节假日顺延": (ODD, ("day", 15), "move"),
    "双月二十日": (EVEN, ("day", 20), "move"),
    "每周四": (ALL, ("weekday", 3), "move"),
    "固定每周三为接待日": (ALL, ("weekday", 2), "move"),
    "每周六上午": (ALL, ("weekday", 5), "stay"),
    "每月第二个星期三": (ALL, ("nth", 2, 2), "move"),
    "每月首个周二为代表接访日": (ALL, ("nth", 1, 1), "move"),
    "每月最后一个周五下午2点至4点半": (ALL, ("nth", -1, 4), "move"),
    "每月第五个星期一": (ALL, ("nth", 5, 0), "move"),
    "每月31日": (ALL, ("day", 31), "move"),
    "每月1日，遇休息日取消": (ALL, ("day", 1), "skip"),
    "每月1日，节假日照常": None,
    "每月10日，遇节假日照常": (ALL, ("day", 10), "stay"),
    "每月最后一天": (ALL, ("last", 0), "move"),
    "每季度第一个月10日": (range(1, 13, 3), ("day", 10), "move"),
    "3月、9月15日": ((3, 9), ("day", 15), "move"),
    "单月每周四": (ODD, ("weekday", 3), "move"),
}
NO_RULE = (
    *("", "每月2次接待选民群众", "每月固定一天为代表进站接待日", "主题接待", "进站活动", "隔周周三", "每月32日"),
    *("每季度集中接待日(2019-09-25上午)", "每月15日，遇节假日提前", "每月第一个周二、第三个周四", "13月1日"),
    *("每月15日25:00-26:00", "每月15日下午3点至2点", "每月15日上午、20日下午", "每月99日", "另行通知"),
)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("words", [words for words, rule in WORDS.items() if rule])
def test_every_day_is_the_oracles(words: str, year: int):
    pattern = read(words).pattern
    assert pattern is not None
    ours = [(one.ruled_on, one.day) for one in days(pattern, year)]
    assert ours == oracle.receptions(WORDS[words], year)  # type: ignore[arg-type]


def days(pattern: Pattern, year: int) -> list[RuledDay]:
    return list(ruled_days(pattern, date(year, 1, 1), date(year, 12, 31), shipped_calendar()))


def test_the_oracle_itself_knows_known_days():
    """By hand from the notices: 15 Feb 2026 is a Sunday inside the Spring Festival, 24 Feb is the next working day;
    14 Feb 2026 is a Saturday on which offices work."""
    assert oracle.receptions((ALL, ("day", 15), "move"), 2026)[1] == (date(2026, 2, 15), date(2026, 2, 24))
    assert not oracle.rests(date(2026, 2, 14))
    assert oracle.receptions((ALL, ("day", 31), "move"), 2026)[0] == (date(2026, 1, 31), date(2026, 2, 2))
    assert len(oracle.receptions((ALL, ("day", 31), "move"), 2026)) == 7


def test_moved_receptions_never_merge():
    """1 to 3 October all fall into the holiday: three receptions on one day stay three (settled A67)."""
    october = [one for one in days(Pattern(days=(1, 2, 3)), 2026) if one.ruled_on.month == 10]
    assert len(october) == 3 and len({one.day for one in october}) == 1


def test_dates_of_an_unknown_year_say_so():
    assert not any(one.provisional for one in days(Pattern(days=(15,)), 2026))
    assert all(one.provisional for one in days(Pattern(days=(15,)), 2027))
    late = [one for one in days(Pattern(days=(28,)), 2026) if one.ruled_on.month == 12]
    assert late[0].provisional, "the last week of December belongs to the next notice"
    assert not any(one.provisional for one in days(Pattern(days=(15,), on_rest="stay"), 2027))


@pytest.mark.parametrize("words", NO_RULE)
def test_what_would_be_a_guess_is_no_rule_and_keeps_its_words(words: str):
    found = read(words)
    assert found.pattern is None and found.beside == words


@pytest.mark.parametrize("words", [words for words, rule in WORDS.items() if rule])
def test_the_sentence_shown_back_is_read_as_the_same_rule(words: str):
    pattern = read(words).pattern
    again = read(sentence(pattern))  # type: ignore[arg-type]
    assert again.pattern == pattern and again.beside == ""


def test_words_that_say_more_stand_beside_the_rule():
    found = read("每月20日“民声直通车”")
    assert found.pattern == Pattern(days=(20,)) and found.beside == "每月20日“民声直通车”"


def test_sentences():
    assert sentence(Pattern(days=(15,), half="morning", opens="09:00", closes="11:30")) == (
        "每月15日上午9:00–11:30，遇休息日顺延"
    )
    assert sentence(Pattern(weekdays=(2,), nths=(2,))) == "每月第二个星期三，遇休息日顺延"
    assert sentence(Pattern(weekdays=(5,), on_rest="stay")) == "每周六"
    assert sentence(Pattern(months=(3, 9), days=(1, LAST))) == "每年3月、9月1日、最后一天，遇休息日顺延"
    assert Pattern.restored(Pattern(weekdays=(2,), nths=(1, 3)).stored()) == Pattern(weekdays=(2,), nths=(1, 3))


def test_turns_are_shared_evenly():
    counts: dict[int, int] = {}
    for _ in range(10):
        for person in shared_out(counts, [7, 8, 9], 2):
            counts[person] = counts.get(person, 0) + 1
    assert sorted(counts.values()) == [6, 7, 7]
    assert shared_out({}, [], 2) == [] and shared_out({}, [1], 3) == [1]
