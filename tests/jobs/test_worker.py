"""Jobs: written with the act, done once, tried again, parked; the night once per office day."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.db import db, writing_transaction
from portal.jobs import leases, night, queries, worker
from portal.jobs.actions import Errand, enqueue, slow
from portal.jobs.models import Job, Lease
from portal.jobs.nightly import clear


def make(kind="greet", once=None, **payload):
    with writing_transaction():
        enqueue(kind, payload, once=once)


def jobs():
    return db.session.scalars(select(Job).order_by(Job.id)).all()


def all_due():
    """As if the waiting between two tries were over."""
    with writing_transaction():
        for job in jobs():
            job.due_at = clock.real() - timedelta(seconds=1)


def test_once_means_once(session):
    make(once="greet:1")
    make(once="greet:1")
    make()
    make()
    assert len(jobs()) == 3


def test_a_job_belongs_to_the_transaction(session):
    with pytest.raises(RuntimeError), writing_transaction():
        enqueue("greet", {})
        raise RuntimeError
    assert jobs() == []


def test_what_a_job_writes_commits_with_its_being_done(session):
    make(name="甲")
    done = []
    assert worker.run_once({"greet": lambda payload: done.append(payload["name"])})
    assert not worker.run_once({})
    assert done == ["甲"] and jobs()[0].done_at is not None


def test_trouble_is_tried_again_and_parked_after_five(session):
    make(once="poison")

    def poison(payload):
        enqueue("greet", {}, once="half done")
        raise ValueError("13800138000")

    for _ in range(6):
        worker.run_once({"greet": poison})
        all_due()
    parked = jobs()
    assert len(parked) == 1, "what a failing job wrote is rolled back"
    assert parked[0].tries == 5 and parked[0].parked_at is not None
    assert parked[0].trouble == "ValueError", "the message may hold what somebody typed"
    assert queries.load() == queries.Load(waiting=0, parked=1)


def test_a_job_that_kills_its_worker_is_parked_too(session):
    make()
    for _ in range(5):
        with writing_transaction():
            assert worker._take() is not None
        with writing_transaction():
            jobs()[0].leased_until = clock.real() - timedelta(seconds=1)
    assert not worker.run_once({"greet": lambda payload: None})
    assert queries.load().parked == 1


def test_a_lost_lease_does_nothing(session):
    make()

    def overtaken(payload):
        enqueue("greet", {}, once="second effect")

    with writing_transaction():
        job = worker._take()
    with writing_transaction():
        jobs()[0].leased_until = clock.real() + timedelta(seconds=999)
    with pytest.raises(worker.LeaseLost):
        worker._do(job, {"greet": overtaken})
    assert len(jobs()) == 1


def test_slow_jobs_write_at_the_end(session):
    make()
    order = []

    @slow
    def convert(payload):
        order.append("slow part")
        return lambda: order.append("written")

    assert worker.run_all({"greet": convert}) == 1
    assert order == ["slow part", "written"]


def test_a_restored_copy_sends_nothing(session):
    make()
    with writing_transaction():
        leases.write(queries.OUTBOX, "off")
    assert not worker.run_once({"greet": lambda payload: None})
    with writing_transaction():
        leases.remove(queries.OUTBOX)
    assert worker.run_once({"greet": lambda payload: None})


def test_the_night_runs_once_per_skipped_day(session, set_clock, caplog):
    nights = []

    def remind(day):
        yield Errand("提醒", lambda: nights.append(day))

    set_clock("2026-03-01T09:00")
    assert night.run_due([remind]) == 1
    assert night.run_due([remind]) == 0
    set_clock("2026-03-02T00:04")
    assert night.run_due([remind]) == 0
    set_clock("2026-03-04T00:05")
    assert night.run_due([remind]) == 3
    assert nights == [date(2026, 3, day) for day in (1, 2, 3, 4)]
    set_clock("2026-02-20T12:00")
    assert night.run_due([remind]) == night.run_due([remind]) == 0
    assert len([r for r in caplog.records if "went back" in r.message]) == 1
    set_clock("2026-03-05T12:00")
    assert night.run_due([remind]) == 1


def test_one_stumbling_errand_does_not_stop_the_night(session):
    done = []

    def broken(day):
        raise ValueError

    def half(day):
        yield Errand("坏的", lambda: 1 / 0)
        yield Errand("好的", lambda: done.append(day))

    said = list(night.run([broken, half], date(2026, 3, 1)))
    assert len(said) == 3 and done == [date(2026, 3, 1)]


def test_a_dry_run_does_nothing(session):
    def remind(day):
        yield Errand("提醒一人", lambda: enqueue("greet", {}))

    assert list(night.run([remind], date(2026, 3, 1), dry_run=True)) == ["提醒一人"]
    assert jobs() == []


def test_a_lease_is_held_by_one(session, monkeypatch):
    with writing_transaction():
        assert leases.acquire("import", 60) and leases.acquire("import", 60)
    monkeypatch.setattr(leases, "myself", lambda: "another:1")
    with writing_transaction():
        assert not leases.acquire("import", 60)
    with writing_transaction():
        db.session.scalars(select(Lease)).one().until = clock.real()
    with writing_transaction():
        assert leases.acquire("import", 60)


def test_old_jobs_are_cleared_but_not_forgotten(session):
    make(text="要忘记的话")
    make(once="kept")
    worker.run_all({"greet": lambda payload: None})
    assert all(job.payload == {} for job in jobs())
    with writing_transaction():
        for job in jobs():
            job.done_at = clock.real() - timedelta(days=31)
    list(night.run([clear], date(2026, 3, 1)))
    assert [job.once for job in jobs()] == ["kept"]
