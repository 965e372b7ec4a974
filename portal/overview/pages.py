"""Start pages, health and metrics."""

from ipaddress import ip_address
from typing import Any

from flask import Blueprint, Response, current_app, redirect, request, url_for
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy import text

from portal.accounts import permissions as p
from portal.core.db import db
from portal.core.errors import NotFound
from portal.jobs import queries as jobs
from portal.overview import queries
from portal.web.access import actor, needs, public, signed_in
from portal.web.pages import page

blueprint = Blueprint("overview", __name__)
READERS = (p.GOV_OFFICE, p.LEADER, p.SC_MEMBER, p.COMMITTEE)  # nothing ever waits for them


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
    return page(template, who=who, waiting=queries.waiting(who), recent=recent, reads_only=who.is_a(*READERS))


@blueprint.get("/system")
@needs(p.KEEP_SYSTEM)
def system() -> str:
    """How the portal is doing: jobs, worker, parked work."""
    return page("overview/system.html", load=jobs.load(), parked=jobs.parked(), alive=jobs.worker_alive())


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
