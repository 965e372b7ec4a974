"""Reading a duty rule from office words: 每月15日上午，遇节假日顺延；单月10日；每周四；每月第二个星期三.

What is understood becomes a Pattern; what says more than the rule stays as words beside it; what would have to be
guessed (每月2次, 固定一天, 每季度集中接待日) is no rule at all.
"""

import re
import unicodedata
from dataclasses import dataclass

from portal.core.workdays import SATURDAY
from portal.stations.rules import EVERY_MONTH, LAST, Pattern

_NUMBER = {sign: number for number, sign in enumerate("〇一二三四五六七八九")} | {"两": 2, "首": 1}
_WEEK = {sign: number for number, sign in enumerate("一二三四五六日")} | {"天": 6, "末": 6}
_AND = "[、,和及与]"
_WEEKDAY = "(?:周|星期|礼拜)[一二三四五六日天]"
_MONTHS = (
    r"每个?月|单月|奇数月|双月|偶数月|每个?季度?的?第?[一二三首1-3]个?月|(?:每年)?(?:的)?\d{1,2}月(?:"
    + _AND
    + r"?\d{1,2}月)*"
)
_DAY = r"(?:\d{1,2}[日号]?)"
_DAYS = rf"{_DAY}(?:{_AND}{_DAY})*(?<=[日号])|最后一[天日]|[底末](?!个)"
_ORDINAL = "(?:第?[一二三四五首1-5]个?|最后一?个?)"
_NTH = rf"{_ORDINAL}(?:{_AND}{_ORDINAL})*{_WEEKDAY}"
_BY_DAY = re.compile(rf"({_MONTHS})的?({_DAYS})")
_BY_NTH = re.compile(rf"({_MONTHS})的?({_NTH}(?:{_AND}{_NTH})*)")
_BY_WEEK = re.compile(rf"(?:({_MONTHS})的?)?每个?({_WEEKDAY}(?:{_AND}每?(?:周|星期|礼拜)?[一二三四五六日天])*)")
_REST = re.compile(
    r"[,;(]?(?:如|若|如果|凡)?(?:遇|逢|碰到)(?:到|上)?(?:国家)?(?:法定)?(?:节假日|节日|假日|休息日|双休日|周末|放假)"
    r"(?:[、或和及](?:节假日|休息日|双休日|周末))*[,]?(?:的)?(?:则|自动|依次)?"
    r"(顺延|延后|推迟|后延|取消|不接待|暂停|照常|不变|不顺延|提前)"
    r"(?:到|至)?(?:(?:下|后|次)?一?个?工作日)?(?:接待|进行)?[)]?|休息日(照常)"
)
_REST_MEANS = {"顺延": "move", "延后": "move", "推迟": "move", "后延": "move", "取消": "skip", "不接待": "skip"}
_REST_MEANS |= {"暂停": "skip", "照常": "stay", "不变": "stay", "不顺延": "stay"}
_ODD_OR_EVEN = re.compile(r"(?<=[,;(])(?:仅|只|限|逢)*([单双]月)(?=[,;)]|$)")
_HALF = {"上午": "morning", "早上": "morning", "下午": "afternoon", "晚上": "evening", "全天": "day", "整天": "day"}
_CLOCK = r"(\d{1,2})(?::|时|点)(\d{2}|半|整)?分?"
_HOURS = re.compile(rf"({'|'.join(_HALF)})?{_CLOCK}(?:-|–|—|−|~|至|到)(上午|下午|晚上)?{_CLOCK}")
_HALF_ONLY = re.compile("|".join(_HALF))
_FILLING = re.compile(
    r"(?:固定|定期|逢|集中|统一|为|是|作为|的|由|本站|驻站|进站|代表|人大|选民|群众|人民群众|接待|接访|值班|活动|开展|联系|日|"
    r"[,。;、:()])*"
)
_TIMELIKE = re.compile(r"[0-9]|[月周季年]|星期|次|轮|除外|节假|另行|暂|提前")


@dataclass(frozen=True)
class Reading:
    """What was understood: the rule, or None; `beside` keeps the words that say more than the rule."""

    pattern: Pattern | None
    beside: str = ""


def read(words: str) -> Reading:
    """The rule in `words`. Everything is kept: without a rule, or when more was said, the words stand beside it."""
    said = words.strip()
    text = _plain(said)
    rest_found = _REST.search(text)
    text = _REST.sub(",", text)
    on_rest = _REST_MEANS.get((rest_found[1] or rest_found[2]), "") if rest_found else ""
    narrowed = _ODD_OR_EVEN.search(text)
    text = _ODD_OR_EVEN.sub("", text)
    hours = _hours(text)
    if hours is None or (rest_found and not on_rest):
        return Reading(None, said)
    half, opens, closes, text = hours
    found = _when(text)
    if found is None or (narrowed and found[0].months != EVERY_MONTH):
        return Reading(None, said)
    pattern, left = found
    months = _months(narrowed[1]) or () if narrowed else pattern.months
    left = _FILLING.sub("", left)
    if _TIMELIKE.search(left):
        return Reading(None, said)
    weekend = bool(pattern.weekdays) and min(pattern.weekdays) >= SATURDAY
    rule = Pattern(
        months, pattern.days, pattern.weekdays, pattern.nths,
        half, opens, closes, on_rest or ("stay" if weekend else "move"),
    )  # fmt: skip
    return Reading(rule, said if left else "")


def _plain(words: str) -> str:
    """Half-width, without blanks; numbers of days in digits."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", words)).replace("--", "-")
    return re.sub("([一二三四五六七八九十]{1,3})(?=[日号]|月(?!份))", lambda found: str(_number(found[1])), text)


def _number(signs: str) -> int:
    """十五 → 15, 二十 → 20, 二十五 → 25."""
    tens, ten, ones = signs.partition("十")
    if not ten:
        return int("".join(str(_NUMBER[sign]) for sign in signs))
    return (_NUMBER[tens] if tens else 1) * 10 + (_NUMBER[ones] if ones else 0)


def _when(text: str) -> tuple[Pattern, str] | None:
    for form, made in ((_BY_DAY, _by_day), (_BY_NTH, _by_nth), (_BY_WEEK, _by_week)):
        all_found = list(form.finditer(text))
        if len(all_found) == 1:
            pattern = made(all_found[0])
            return (pattern, text[: all_found[0].start()] + text[all_found[0].end() :]) if pattern else None
    return None


def _by_day(found: re.Match[str]) -> Pattern | None:
    months, days = _months(found[1]), found[2]
    numbers = {int(one) for one in re.findall(r"\d{1,2}", days)}
    if months is None or not all(1 <= one <= 31 for one in numbers):
        return None
    return Pattern(months, days=tuple(sorted(numbers)) or (LAST,))


def _by_nth(found: re.Match[str]) -> Pattern | None:
    months, pairs = _months(found[1]), re.findall(rf"((?:{_ORDINAL}{_AND}?)+)(?:周|星期|礼拜)(\w)", found[2])
    asked = {(_nth(nth), _WEEK[day]) for nths, day in pairs for nth in re.findall("最后一?|[一二三四五首1-5]", nths)}
    nths, weekdays = {nth for nth, _ in asked}, {day for _, day in asked}
    if months is None or len(asked) != len(nths) * len(weekdays):
        return None  # 第一个周二和第三个周四 are two rules
    return Pattern(months, weekdays=tuple(sorted(weekdays)), nths=tuple(sorted(nths)))


def _nth(sign: str) -> int:
    return LAST if sign.startswith("最后") else int(sign) if sign.isdecimal() else _NUMBER[sign]


def _by_week(found: re.Match[str]) -> Pattern | None:
    months = _months(found[1]) if found[1] else EVERY_MONTH
    weekdays = {_WEEK[sign] for sign in re.findall("[一二三四五六日天]", re.sub("星期|礼拜|周", "", found[2]))}
    return None if months is None else Pattern(months, weekdays=tuple(sorted(weekdays)))


def _months(words: str) -> tuple[int, ...] | None:
    if words.startswith(("单", "奇")):
        return tuple(range(1, 13, 2))
    if words.startswith(("双", "偶")):
        return tuple(range(2, 13, 2))
    if "季" in words:
        sign = re.sub("[每个季度的第月]", "", words)
        first = int(sign) if sign.isdecimal() else _NUMBER[sign]
        return tuple(range(first, 13, 3))
    numbers = sorted({int(one) for one in re.findall(r"\d{1,2}", words)})
    if not numbers:
        return EVERY_MONTH
    return tuple(numbers) if all(1 <= one <= 12 for one in numbers) else None


def _hours(text: str) -> tuple[str, str, str, str] | None:
    """(half, opens, closes, the text without them); None when hours are named that do not exist or are two."""
    found = list(_HOURS.finditer(text))
    if len(found) > 1:
        return None
    if not found:
        halves = _HALF_ONLY.findall(text)
        if len(set(halves)) > 1:
            return None
        return (_HALF[halves[0]] if halves else ""), "", "", _HALF_ONLY.sub("", text)
    one = found[0]
    opens = _clock(one[2], one[3], one[1] or "")
    closes = _clock(one[5], one[6], one[4] or one[1] or "")
    if opens is None or closes is None or closes <= opens:
        return None
    return _HALF.get(one[1] or "", ""), opens, closes, text[: one.start()] + text[one.end() :]


def _clock(hour: str, minute: str | None, half: str) -> str | None:
    whole = int(hour) + (12 if half in ("下午", "晚上") and int(hour) < 12 else 0)
    part = 30 if minute == "半" else 0 if minute in (None, "", "整") else int(minute or 0)
    return f"{whole:02d}:{part:02d}" if whole < 24 and part < 60 else None
