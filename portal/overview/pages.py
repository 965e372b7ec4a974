"""Start pages, health and metrics."""

from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text

from portal.accounts import permissions as p
from portal.audit.actions import record
from portal.core.db import db
from portal.core.errors import NotFound
from portal.jobs import actions as job_actions
from portal.jobs import queries as jobs
from portal.notifications import actions as notifications
from portal.overview import queries, upcoming
from portal.web.access import actor, needs, public, signed_in
from portal.web.forms import PortalForm
from portal.web.pages import page

blueprint = Blueprint("overview", __name__)
MESSAGES = ("send", "digest", "trial")
JOB_KINDS = {
    **{"notify": "写入消息", "send": "外发消息", "digest": "未读消息汇总邮件", "trial": "测试消息"},
    **{"import": "导入", "calendar_changed": "按新日历重算期限", "recompute_due": "重算期限"},
}
READERS = (p.LEADER, p.SC_MEMBER, p.COMMITTEE)  # nothing ever waits for them


@blueprint.get("/")
@public
def front() -> Any:
    """The door: start page for whoever is signed in, sign-in for everybody else."""
    return redirect(url_for("overview.home" if actor().person_id else "accounts.sign_in"), 303)


@blueprint.get("/home")
@signed_in
def home() -> Any:
    """What waits for me, what happened, what is coming."""
    who = actor()
    elsewhere = {
        p.CLERK: "desk.screening",
        p.SYSTEM_ADMIN: "accounts.index",
        p.SECURITY_ADMIN: "accounts.index",
        p.AUDITOR: "audit.index",
    }
    if who.role in elsewhere:
        return redirect(url_for(elsewhere[who.role]), 303)
    template = "overview/deputy.html" if who.role == p.DEPUTY else "overview/office.html"
    recent = queries.recent(who, 12 if who.is_a(*READERS) else 6)
    shown = {"who": who, "waiting": queries.waiting(who), "recent": recent, "upcoming": upcoming.upcoming(who)}
    return page(template, **shown, reads_only=who.is_a(*READERS))


@blueprint.get("/system")
@needs(p.KEEP_SYSTEM)
def system() -> str:
    """How the portal is doing: jobs, worker, parked work."""
    return page(
        "overview/system.html",
        load=jobs.load(),
        parked=jobs.parked(),
        alive=jobs.worker_alive(),
        kinds=JOB_KINDS,
        form=PortalForm(),
    )


@blueprint.post("/system/jobs/again")
@needs(p.KEEP_SYSTEM)
def again() -> Any:
    """Work that was given up is tried again; of a message in doubt this is the decision to send it once more."""
    number = _job_number()
    job = next((one for one in jobs.parked() if one.id == number), None)
    if job is None or job_actions.again(number) is None:
        raise NotFound()
    if job.kind in MESSAGES:
        notifications.try_again(job.payload)
    record(actor(), "system:jobs", "system.job_again", {"job": number}, "让停下的后台任务再试。")
    flash("已放回队列，马上再试。", "good")
    return redirect(url_for("overview.system"), 303)


@blueprint.post("/system/jobs/drop")
@needs(p.KEEP_SYSTEM)
def drop() -> Any:
    """Work that was given up is not wanted any longer."""
    number = _job_number()
    if job_actions.drop(number) is None:
        raise NotFound()
    record(actor(), "system:jobs", "system.job_dropped", {"job": number}, "决定不再做停下的后台任务。")
    flash("这项任务不再做了。", "good")
    return redirect(url_for("overview.system"), 303)


def _job_number() -> int:
    text = request.form.get("job", "")
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise NotFound()
    return int(text)


@blueprint.get("/healthz")
@public
def healthz() -> Response:
    """The process is up."""
    return current_app.response_class("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public
def readyz() -> Response:
    """Database, storage and worker are there."""
    db.session.execute(text("SELECT 1"))
    ready = jobs.worker_alive()
    return current_app.response_class(
        "ready\n" if ready else "no worker\n", 200 if ready else 503, mimetype="text/plain"
    )


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Figures for a watcher on this machine (Prometheus text); to everybody else it does not exist."""
    if not ip_address(request.remote_addr or "192.0.2.1").is_loopback or "X-Forwarded-For" in request.headers:
        raise NotFound()
    load = jobs.load()
    figures = {
        "portal_jobs_waiting": load.waiting,
        "portal_jobs_parked": load.parked,
        "portal_worker_alive": int(jobs.worker_alive()),
    }
    registry = CollectorRegistry()
    for name, value in figures.items():
        Gauge(name, name.replace("_", " "), registry=registry).set(value)
    return current_app.response_class(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
