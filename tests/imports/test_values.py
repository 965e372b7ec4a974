"""What one cell means: every style that offices use, and what is refused rather than guessed."""

from datetime import date, datetime

import pytest

from portal.imports import dates, lists, values
from portal.imports.findings import Finding, grouped
from portal.imports.values import Ambiguous, Noted, Unreadable


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026.3.2", "2026-03-02"),
        ("2026年3月2日", "2026-03-02"),
        (" 2026 年 3 月 2 日 ", "2026-03-02"),
        ("2026/3/2", "2026-03-02"),
        ("2026-03-02", "2026-03-02"),
        ("2026—3—2", "2026-03-02"),
        ("20260302", "2026-03-02"),
        (20260302, "2026-03-02"),
        ("２０２６．３．２", "2026-03-02"),
        ("二〇二六年三月二日", "2026-03-02"),
        ("二○二六年十二月三十一日", "2026-12-31"),
        ("2026-03-02 10:20:00", "2026-03-02"),
        ("2026/3/2 8:05", "2026-03-02"),
        ("2026-03-02T10:20:00", "2026-03-02"),
        (datetime(2026, 3, 2, 10, 20), "2026-03-02"),
        (date(2026, 3, 2), "2026-03-02"),
        (46083, "2026-03-02"),
        (46083.5, "2026-03-02"),
        # Seven digits: exactly one split is a date.
        ("2013821", "2013-08-21"),
        (2013821, "2013-08-21"),
        ("2023203", "2023-02-03"),
        ("2017809", "2017-08-09"),
        ("2021120", "2021-01-20"),
        ("2026717", "2026-07-17"),
    ],
)
def test_dates(cell, day):
    assert str(dates.day(cell)) == day


@pytest.mark.parametrize("cell", ["2021111", 2021111, "2025112", "2021101"])
def test_seven_digits_with_two_readings_are_refused(cell):
    with pytest.raises(Ambiguous, match="有两种读法（202"):
        dates.day(cell)


@pytest.mark.parametrize("cell", ["2026-02-30", "20260230", "2026.13.1", "2021990", "2026年2月29日"])
def test_days_that_do_not_exist(cell):
    with pytest.raises(Unreadable, match="不存在"):
        dates.day(cell)


@pytest.mark.parametrize("cell", ["年底前", "2026年3月", "26.3.2", "3月2日", "2026", True, "0226-03-02"])
def test_no_full_dates(cell):
    with pytest.raises(Unreadable):
        dates.day(cell)


@pytest.mark.parametrize(
    ("cell", "month"),
    [
        *((1987.06, "1987-06"), (1990.2, "1990-02"), (1990.12, "1990-12"), ("1971.12", "1971-12")),
        *(("1971-3", "1971-03"), ("1971年3月", "1971-03"), (197103, "1971-03"), ("19710312", "1971-03")),
        *(("1971/3/12", "1971-03"), (date(1971, 3, 1), "1971-03"), ("", None), ("1990.10", "1990-10")),
    ],
)
def test_months(cell, month):
    assert dates.month(cell) == month


def test_a_lost_zero_is_october_as_a_number_and_a_question_as_text():
    assert dates.month(1990.1) == Noted("1990-10", "{}按1990年10月读取")
    with pytest.raises(Ambiguous, match="1990年1月或1990年10月"):
        dates.month("1990.1")
    for wrong in (1990.13, "1990.0", "1990", 1990, 12.5, "1890.01"):
        with pytest.raises(Unreadable):
            dates.month(wrong)


@pytest.mark.parametrize(
    "cell",
    [
        *(13800138000, "13800138000 ", "138 0013 8000", "138-0013-8000", "１３８００１３８０００"),
        *("+86 13800138000", "8613800138000", "\t13800138000", "13800138000\u200b", "\ufeff13800138000"),
    ],
)
def test_phones(cell):
    assert values.phone(cell) == "13800138000"


@pytest.mark.parametrize("cell", ["1380013800", "12800138000", "1380013800a", "138001380001", 1.38e9, "1.38E+10"])
def test_wrong_phones(cell):
    with pytest.raises(Unreadable) as refused:
        values.phone(cell)
    assert refused.value.about("手机号") == "手机号不正确"


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        *(
            ("高\u3000和", "高和"),
            ("高  和", "高和"),
            (" 李 明 ", "李明"),
            ("𠮷田", "𠮷田"),
            ("欧阳·买买提", "欧阳·买买提"),
        ),
        *(
            ("买买提•艾力", "买买提·艾力"),
            ("买买提 艾力", "买买提 艾力"),
            ("高\n和", "高和"),
            ("〇一", "〇一"),
            ("㛃䶮", "㛃䶮"),
        ),
    ],
)
def test_names(cell, name):
    assert values.name(cell) == name


def test_doubtful_names():
    assert values.name("王\ue123") == Noted("王\ue123", "{}中有自造字，请核对")
    for wrong in ("王?", "王2", "张三，李四", "=1", "王\ufffd"):
        with pytest.raises(Unreadable):
            values.name(wrong)


def test_id_numbers():
    assert values.id_number("11010519491231002x") == "11010519491231002X"
    assert values.id_number(" １１０１０５１９４９１２３１００２Ｘ") == "11010519491231002X"
    for cell, sentence in (
        ("110101199003077801", "校验不通过"),
        ("110101199002307801", "出生日期不存在"),
        ("1101011990030778", "18位"),
        (110101199003077800, "按数字录入"),
        (1.10101199003078e17, "按数字录入"),
        ("1.10101E+17", "按数字录入"),
    ):
        with pytest.raises(Unreadable, match=sentence):
            values.id_number(cell)


@pytest.mark.parametrize("cell", ["清河", "清河团", "清河代表团", "清 河 代表团", "清河\n代表团"])
def test_delegations(cell):
    assert values.delegation(cell) == "清河"


def test_a_name_that_ends_like_a_delegation():
    assert values.delegation("兵团") == "兵团"
    assert values.delegation("兵团代表团") == "兵团"


@pytest.mark.parametrize(
    ("cell", "grade"),
    [
        *(("A", "A"), ("a类", "A"), ("Ｂ", "B"), ("C（留作参考）", "C"), ("“B”类", None), ("甲", "甲"), ("乙类", "乙")),
        *(("已解决", "已解决"), ("列入计划", "列入计划"), ("", None), ("A类：所提问题已经解决", "A")),
    ],
)
def test_grades(cell, grade):
    if cell == "“B”类":
        with pytest.raises(Unreadable):
            values.grade(cell)
    else:
        assert values.grade(cell) == grade


def test_yes_and_no():
    assert [values.yes(cell) for cell in ("是", "√", "否", "×", "", 1, 0, True)] == [
        *(True, True, False, False, None, True, False, True)
    ]
    with pytest.raises(Unreadable):
        values.yes("也许")


def test_lists_of_units_and_people():
    assert lists.units("县水利局、县财政局") == ["县水利局", "县财政局"]
    assert lists.units("县水利局 县财政局\n县水利局") == ["县水利局", "县财政局"]
    assert lists.units("区住建局（区城管局、区水务局）；区 教育局") == ["区住建局（区城管局、区水务局）", "区教育局"]
    assert lists.people("李\u3000四、王五等12人") == ["李四", "王五"]
    assert lists.people("张三 李四代表") == ["张三", "李四"]
    assert lists.units("") == lists.people("") == []


@pytest.mark.parametrize(
    ("printed", "numbers"),
    [
        *(("第3号", ["3"]), ("0080", ["80"]), ("第0080号", ["80"]), ("闭08号", ["闭8"]), ("D-013", ["D13"])),
        *(("第12、13号", ["12", "13"]), ("第009号(正文写第2019009号)", ["9", "2019009"]), ("二", ["二"])),
        *(("师人大交办【001】号", ["师人大交办1"]), ("第5号和闭3号", ["5", "闭3"]), ("", []), (None, [])),
    ],
)
def test_numbers(printed, numbers):
    assert lists.numbers(printed) == numbers


def test_a_number_that_became_a_date_is_refused():
    with pytest.raises(Unreadable, match="改成了日期"):
        lists.number(date(2026, 3, 12))
    assert lists.number(80) == "80"


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("区十八届人大二次会议", ("区", 18, 2)),
        ("县第十八届人大四次会议", ("县", 18, 4)),
        ("区人大十八届第四次会议", ("区", 18, 4)),
        ("十四届全国人大一次会议", ("全国", 14, 1)),
        ("2022年区十一届人大一次会议", ("区", 11, 1)),
        ("第十八届一次", ("", 18, 1)),
        ("姚安县第十八届人民代表大会第四次会议", ("姚安县", 18, 4)),
    ],
)
def test_sessions(printed, read):
    found = lists.session(printed)
    assert (found.congress, found.term, found.session) == read


def test_words_that_name_no_session():
    assert lists.session("闭会期间") is lists.session("") is lists.session(None) is None


@pytest.mark.parametrize("cell", ["王\x07", "李\u202e四", "a\x00b"])
def test_unseen_characters_are_refused_everywhere(cell):
    for convert in (values.text, values.line, values.name, values.lenient(values.grade)):
        with pytest.raises(Unreadable, match="看不见的特殊字符"):
            convert(cell)


def test_lenient_keeps_what_has_one_reading():
    assert values.lenient(dates.day)("年底") == Noted(None, "{}没有认出，按原文保存")
    with pytest.raises(Ambiguous):
        values.lenient(dates.day)("2021111")


def test_many_rows_alike_are_told_once():
    found = [Finding(6, "届次没有登记"), Finding(9, "届次没有登记"), Finding(0, "整表如此"), Finding(7, "另一句")]
    assert grouped(found) == ["第6、9行届次没有登记", "整表如此", "第7行另一句"]
    assert grouped(Finding(row, "同") for row in range(1, 41)) == [f"第{'、'.join(map(str, range(1, 31)))}等40行同"]
