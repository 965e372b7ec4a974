"""How facts are written: dates, numbers, sizes, marked differences."""

import time
from datetime import UTC, date, datetime

import pytest
from markupsafe import Markup

from portal.core import clock
from portal.web import text


@pytest.fixture(autouse=True)
def _in_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 5, 12, 9, 0, tzinfo=clock.OFFICE_ZONE))


def test_dates_say_the_year_only_when_it_is_another_one():
    assert text.date_cn(date(2026, 5, 8)) == Markup('<time datetime="2026-05-08" class="nowrap">5月8日</time>')
    assert "2025年5月8日" in text.date_cn(date(2025, 5, 8))
    assert "2026年5月8日" in text.date_full(date(2026, 5, 8))
    assert "5月8日（周五）" in text.date_weekday(date(2026, 5, 8))
    assert text.date_cn(None) == ""


def test_moments_are_shown_as_the_office_clock_shows_them():
    late = datetime(2026, 5, 11, 16, 30, tzinfo=UTC)
    assert text.clock_time(late) == "00:30"
    assert "5月12日00:30" in text.moment_cn(late)
    assert text.ago_cn(late).striptags() == "今天00:30"
    assert text.ago_cn(datetime(2026, 5, 11, 21, 15, tzinfo=clock.OFFICE_ZONE)).striptags() == "昨天21:15"
    assert text.ago_cn(datetime(2026, 5, 1, 8, 0, tzinfo=clock.OFFICE_ZONE)).striptags() == "5月1日"


@pytest.mark.parametrize(
    ("light", "left", "words"),
    [
        ("green", 42, "还有42天"),
        ("yellow", 0, "今天到期"),
        ("red", -3, "逾期3天"),
        ("stopped", 5, "停止计时"),
        ("done", None, "按期完成"),
        ("grey", None, "没有期限"),
    ],
)
def test_words_of_a_deadline(light: str, left: int | None, words: str):
    assert text.days_words(light, left) == words


def test_words_of_a_moved_or_uncertain_deadline_name_the_day():
    assert text.days_words("extended", until=date(2026, 9, 2)) == "延期到9月2日"
    assert text.days_words("provisional", until=date(2027, 6, 2)) == "暂定2027年6月2日"
    assert text.days_words("green", 12, unit="个工作日") == "还有12个工作日"


def test_numbers_and_sizes():
    assert text.thousands(2140) == "2,140"
    assert text.bytes_cn(430080) == "420 KB"
    assert text.bytes_cn(1258291) == "1.2 MB"
    assert text.percent(131, 213) == "61.5"
    assert text.percent(0, 0) == "—"
    assert [text.number_cn(n) for n in (1, 10, 12, 20, 99)] == ["一", "十", "十二", "二十", "九十九"]


def test_telephones_are_masked():
    assert text.masked_phone("13800000001") == "138****0001"
    assert text.masked_phone("0100") == "****00"
    assert text.masked_phone(None) == ""


def test_typed_text_is_escaped():
    assert text.paragraphs("一<b>\n\n二") == "<p>一&lt;b&gt;</p><p>二</p>"
    assert text.lines("一<\n二") == "一&lt;<br>二"
    assert "<b>" not in text.compared_with("<b>新", "<b>旧")


def test_differences_are_marked_both_ways():
    assert text.compared_with("6月5日前完成", "尽快完成") == "<del>尽快</del><ins>6月5日前</ins>完成"
    assert text.compared_with("不变", "不变") == "不变"


def test_long_texts_are_compared_quickly_and_completely():
    old = "".join(f"第{n}项工作已经落实。" for n in range(900))
    new = old.replace("第500项", "第五百项")
    before = time.monotonic()
    marked = text.compared_with(new, old)
    assert time.monotonic() - before < 1
    assert "<ins>第五百项工作已经落实。</ins>" in marked
    assert marked.replace("<del>第500项工作已经落实。</del>", "").replace("<ins>", "").replace("</ins>", "") == new
