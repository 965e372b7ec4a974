"""The deadline engine: the published vectors, the dates of the acceptance scenarios, extension and re-assignment."""

import json
from dataclasses import replace
from datetime import date

import pytest

from portal.congress import deadlines
from portal.congress.deadlines import Deadline, deadline, explain, extended, reassigned, recomputed, recorded
from portal.congress.pack import Pack, Policy
from portal.congress.rulepacks import shipped_calendar, shipped_pack
from portal.core.errors import Invalid

CALENDAR = shipped_calendar()
Q = shipped_pack("Q")
D = date.fromisoformat


def due(rule: str, start: str, pack: Pack = Q) -> Deadline:
    return deadline(pack, rule, D(start), CALENDAR)


def with_policy(key: str, value: object, pack: Pack = Q) -> Pack:
    return replace(pack, policies={**pack.policies, key: Policy(key, value, key, "")})


@pytest.mark.parametrize(
    ("rule", "start", "end"),
    [
        # Published vectors: three months from 交办之日.
        ("reply", "2025-11-15", "2026-02-24"),
        ("reply", "2025-11-30", "2026-02-28"),
        ("reply", "2023-11-29", "2024-02-29"),
        ("reply", "2024-11-29", "2025-02-28"),
        ("reply", "2026-01-31", "2026-04-30"),
        ("reply", "2026-02-04", "2026-05-06"),
        ("reply", "2026-03-27", "2026-06-29"),
        ("reply", "2026-07-01", "2026-10-08"),
        # Published vectors: five working days.
        ("assign", "2025-12-31", "2026-01-08"),
        ("assign", "2026-02-13", "2026-02-27"),
        ("assign", "2026-04-30", "2026-05-11"),
        ("assign", "2026-09-18", "2026-09-24"),
        # Scenario S0: assigned 2 March, answered 20 May.
        ("assist", "2026-03-02", "2026-04-02"),
        ("reply", "2026-03-02", "2026-06-02"),
        ("feedback", "2026-05-20", "2026-06-10"),
        # Scenario S1: received 2 March; taken over 12 March.
        ("return_window", "2026-03-02", "2026-03-09"),
        ("return_window", "2026-03-12", "2026-03-19"),
        # Scenario S2: opinion bounced Friday 3 April, Monday the 6th is a holiday.
        ("assist_redo", "2026-04-03", "2026-04-13"),
        # Scenario S3: rework from 10 June.
        ("redo", "2026-06-10", "2026-07-10"),
        # Scenario S4: the cap.
        ("cap", "2026-03-02", "2026-09-02"),
        # The page of the tracking example.
        ("feedback", "2026-05-08", "2026-05-28"),
    ],
)
def test_due_dates(rule: str, start: str, end: str) -> None:
    assert due(rule, start).due == D(end)


def test_both_dates_are_kept() -> None:
    one = due("reply", "2025-11-15")
    assert (one.unmoved, one.due) == (D("2026-02-15"), D("2026-02-24"))
    assert one.skipped == tuple(D(f"2026-02-{day}") for day in range(15, 24))


def test_a_pack_may_leave_the_last_day_where_it_falls() -> None:
    stays = due("reply", "2025-11-15", with_policy("due_on_rest_day", "unchanged"))
    assert stays.due == stays.unmoved == D("2026-02-15")


def test_calendar_days_move_too() -> None:
    one = due("assign", "2026-04-30", shipped_pack("SD"))
    assert (one.unmoved, one.due) == (D("2026-05-05"), D("2026-05-06"))


@pytest.mark.parametrize(
    ("code", "rule", "end"),
    [
        ("CQ", "redo", "2026-08-10"),
        ("CQ", "assist", "2026-07-23"),
        ("SH", "assign", "2026-06-22"),
        ("TW", "reply", "2026-08-10"),
        ("TW", "cap", "2026-10-10"),
        ("SD", "return_window", "2026-06-15"),
    ],
)
def test_other_packs(code: str, rule: str, end: str) -> None:
    assert due(rule, "2026-06-10", shipped_pack(code)).due == D(end)


class TestProvisional:
    def test_a_date_in_a_year_without_data(self) -> None:
        one = due("reply", "2026-10-12")
        assert one.due == D("2027-01-12")
        assert one.provisional
        assert "暂定" in dict(explain(one))

    def test_a_date_pushed_into_the_last_week_of_the_year(self) -> None:
        assert due("publish", "2026-11-27").provisional
        assert not due("publish", "2026-11-25").provisional

    def test_a_known_date_is_settled(self) -> None:
        assert not due("reply", "2026-03-02").provisional


class TestExtension:
    def test_to_the_cap_itself(self) -> None:
        new = extended(Q, due("reply", "2026-03-02"), D("2026-09-02"), CALENDAR)
        assert (new.due, new.extended_from, new.extensions) == (D("2026-09-02"), D("2026-06-02"), 1)
        assert dict(explain(new))["延期"] == "原期限6月2日（周二），已同意延到9月2日（周三）"

    def test_beyond_the_cap_says_the_packs_own_numbers(self) -> None:
        with pytest.raises(Invalid) as refusal:
            extended(Q, due("reply", "2026-03-02"), D("2026-09-03"), CALENDAR)
        assert refusal.value.message == ("办理期限最长为交办之日起3个月；确需延长的，请走延期申请，总计不超过6个月。")
        assert refusal.value.fields == {"asked": refusal.value.message}
        township = shipped_pack("TW")
        with pytest.raises(Invalid, match="起2个月；.*不超过4个月"):
            extended(township, due("reply", "2026-03-02", township), D("2026-07-03"), CALENDAR)

    def test_the_cap_moves_like_any_month(self) -> None:
        old = due("reply", "2026-03-31")
        assert extended(Q, old, D("2026-09-30"), CALENDAR).due == D("2026-09-30")
        moved = due("reply", "2026-04-01")
        assert extended(Q, moved, D("2026-10-08"), CALENDAR).due == D("2026-10-08")

    def test_a_rest_day_is_refused_with_the_next_working_day(self) -> None:
        with pytest.raises(Invalid, match="2026年7月4日（周六）是休息日，请改为2026年7月6日（周一）。"):
            extended(Q, due("reply", "2026-03-02"), D("2026-07-04"), CALENDAR)

    def test_never_shorter_and_only_once(self) -> None:
        old = due("reply", "2026-03-02")
        with pytest.raises(Invalid, match="要晚于"):
            extended(Q, old, old.due, CALENDAR)
        new = extended(Q, old, D("2026-07-02"), CALENDAR)
        with pytest.raises(Invalid, match="不能再延期"):
            extended(Q, new, D("2026-08-03"), CALENDAR)

    def test_an_item_given_six_months_has_no_extension(self) -> None:
        long = due("long_reply", "2026-03-02")
        assert long.due == D("2026-09-02")
        with pytest.raises(Invalid, match="不能再延期"):
            extended(Q, long, D("2026-09-03"), CALENDAR)


class TestReassignment:
    def test_the_due_date_is_kept_by_default_with_the_reason(self) -> None:
        new = reassigned(Q, due("reply", "2026-03-02"), D("2026-03-12"), CALENDAR)
        assert new.due == D("2026-06-02")
        assert "期限不变" in dict(explain(new))["说明"]

    def test_or_restarts_by_pack(self) -> None:
        restarts = with_policy("reassign_keeps_due", False)
        new = reassigned(restarts, due("reply", "2026-03-02"), D("2026-03-12"), CALENDAR)
        assert new.due == D("2026-06-12")
        assert new.assigned == D("2026-03-02")
        assert "重新计算" in new.note

    def test_restarting_never_passes_the_cap_and_gives_no_second_extension(self) -> None:
        restarts = with_policy("reassign_keeps_due", False)
        old = extended(restarts, due("reply", "2026-03-02"), D("2026-08-03"), CALENDAR)
        new = reassigned(restarts, old, D("2026-07-01"), CALENDAR)
        assert new.due == D("2026-09-02")
        assert "最长" in new.note
        with pytest.raises(Invalid):
            extended(restarts, new, D("2026-09-03"), CALENDAR)


def test_an_assist_added_later_has_at_most_the_lead_units_due_date() -> None:
    lead = due("reply", "2026-03-02")
    assert deadlines.bounded(due("assist", "2026-05-20"), lead, "不晚于主办单位的期限").due == lead.due
    assert deadlines.bounded(due("assist", "2026-04-20"), lead, "不晚于主办单位的期限").due == D("2026-05-20")


def test_lights_days_and_ladder() -> None:
    end = D("2026-06-02")
    days = {"2026-05-17": "green", "2026-05-18": "yellow", "2026-06-02": "yellow", "2026-06-03": "red"}
    assert {day: deadlines.light(end, D(day), Q.ladder) for day in days} == days
    assert deadlines.days_left(end, D("2026-05-30")) == 3
    assert deadlines.days_left(end, D("2026-06-03")) == -1
    assert deadlines.days_late(end, D("2026-06-05")) == 3
    assert deadlines.days_late(end, D("2026-05-20")) == 0
    steps = {
        "2026-05-18": "15", "2026-05-19": None, "2026-05-26": "7", "2026-05-30": "3", "2026-06-02": "0",
        "2026-06-03": "overdue", "2026-06-06": None, "2026-06-08": "overdue",
    }  # fmt: skip
    assert {day: deadlines.ladder_step(D(day), end, Q.ladder, CALENDAR) for day in steps} == steps


def test_counting_back() -> None:
    assert deadlines.count_back(D("2026-06-02"), 3, CALENDAR) == D("2026-05-29")
    assert deadlines.count_back(D("2026-06-02"), 1, CALENDAR) == D("2026-06-01")
    assert deadlines.ahead(Q, "feedback_urge", D("2026-06-10"), CALENDAR) == D("2026-06-05")


def test_the_explanation_sheet_reads_like_the_model_page() -> None:
    assert explain(due("feedback", "2026-05-08")) == [
        ("从哪天起", "2026年5月8日（周五）收到答复，当天不算"),
        ("给多久", "15个工作日"),
        ("算进去", "5月9日（周六）调休上班"),
        ("跳过", "5月10、16、17、23、24日"),
        ("到哪天", "5月28日（周四）24:00"),
        ("依据", "参照《北京市人民代表大会代表建议、批评和意见办理条例》第二十三条"),
    ]


def test_the_sheet_names_month_ends_moves_and_make_up_days() -> None:
    moved = dict(explain(due("reply", "2025-11-15")))
    assert moved["跳过"] == "2026年2月15至23日"
    assert "顺延" in moved
    worked = dict(explain(due("reply", "2025-11-30")))
    assert worked["算进去"] == "2026年2月28日（周六）调休上班"
    assert worked["月末"] == "2月没有30日，算到当月最后一天"
    assert "顺延" not in worked


def test_what_is_recorded_comes_back_the_same() -> None:
    one = extended(Q, due("reply", "2026-03-02"), D("2026-07-02"), CALENDAR)
    assert recorded(json.loads(json.dumps(one.record()))) == one
    plain = due("feedback", "2026-05-08")
    assert recorded(json.loads(json.dumps(plain.record()))) == plain


class TestCalendarChanges:
    HOLIDAY = replace(CALENDAR, rest=CALENDAR.rest | {D("2026-06-02")}, revision=99)

    def test_a_new_holiday_moves_an_open_task(self) -> None:
        new = recomputed(Q, due("reply", "2026-03-02"), self.HOLIDAY)
        assert (new.due, new.revision) == (D("2026-06-03"), 99)

    def test_nothing_becomes_earlier(self) -> None:
        old = deadline(Q, "reply", D("2026-03-02"), self.HOLIDAY)
        new = recomputed(Q, old, CALENDAR)
        assert new.due == D("2026-06-03")
        assert "仍按较晚的日期" in new.note

    def test_a_granted_date_stays(self) -> None:
        old = extended(Q, due("reply", "2026-03-02"), D("2026-07-02"), CALENDAR)
        assert recomputed(Q, old, self.HOLIDAY).due == D("2026-07-02")
