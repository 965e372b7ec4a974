"""Start pages, health and metrics."""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, url_for
from sqlalchemy import text

from portal.accounts import permissions as p
from portal.core.db import db
from portal.jobs import queries as jobs
from portal.overview import queries
from portal.web.access import actor, needs, public, signed_in
from portal.web.pages import page

blueprint = Blueprint("overview", __name__)


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
    return page(template, who=who, waiting=queries.waiting(who), recent=queries.recent(who))


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
