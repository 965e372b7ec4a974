"""The portal of a local people's congress for its deputies: assembly.

create_app() puts the floors together; DOMAINS is the list of what there is; dispatch_request holds the one commit.
"""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Blueprint, Flask, g, request
from flask_compress import Compress
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response

from portal import assembly, config
from portal.core import clock, durability, personal
from portal.core.db import db
from portal.web import (
    access,
    addresses,
    anonymous,
    bodies,
    errors,
    idempotency,
    logs,
    origin,
    pages,
    sessions,
    text,
    uploads,
)

DOMAINS = (
    "audit",
    "jobs",
    "accounts",
    "documents",
    "letters",
    "notifications",
    "imports",
    "congress",
    "matters",
    "suggestions",
    "contacts",
    "stations",
    "activities",
    "notices",
    "dossier",
    "overview",
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST_BODY = 52 * 1024 * 1024


class Portal(Flask):
    """Flask with one commit: after the view, before the answer leaves; anything else rolls back."""

    request_class = bodies.BoundedRequest
    jinja_environment = pages.Templates

    def dispatch_request(self) -> Response:  # type: ignore[override]
        g.writing = request.method not in SAFE_METHODS
        if g.writing:
            db.session.rollback()  # ends what the sign-in check has read, so that BEGIN IMMEDIATE can happen
        try:
            response = self._answer()
            if g.writing and (response.status_code < 400 or g.get("keep_work")):
                db.session.commit()
            else:
                uploads.keep_offered()
            return response
        except Exception as error:
            if getattr(error, "on_record", False):
                db.session.commit()
            known = errors.as_portal_error(error)
            if known is not None:
                raise known from error
            raise
        finally:
            g.writing = False
            db.session.rollback()

    def _answer(self) -> Response:
        view = self.view_functions.get(request.endpoint or "")
        uploads.receive_early(view)
        if not g.writing or view is None:
            return self.make_response(super().dispatch_request())
        return idempotency.once(view, lambda: self.make_response(super(Portal, self).dispatch_request()))


def create_app(overrides: dict[str, Any] | None = None) -> Portal:
    """The application. `overrides` replaces settings by name (tests); raises Misconfigured when they are unsafe."""
    settings = config.settle(config.with_overrides(config.read(), overrides or {}))
    app = Portal(__name__, template_folder=str(config.ROOT / "templates"), static_folder=None)
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret,
        SQLALCHEMY_DATABASE_URI=settings.sqlalchemy_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=400,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        WTF_I18N_ENABLED=False,
        TEMPLATES_AUTO_RELOAD=False,
        COMPRESS_MIMETYPES=["text/html", "application/json"],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=4,
    )
    clock.obey(settings.clock_file if not settings.production else None)
    personal.use_key(settings.secret)
    db.init_app(app)
    app.extensions["migrate"] = Migrations(app)
    _raise_the_house(app)
    if settings.production:
        with app.app_context():
            durability.check(db.engine)
            assembly.refuse_demo_accounts()
            db.engine.dispose()
        if settings.clock_file:
            app.logger.warning("PORTAL_CLOCK_FILE is set and ignored: production lives by the machine's clock")
    return app


class Migrations:
    """What `flask db` asks an application for. Alembic takes a third of the start, so it is loaded when asked."""

    db = db
    directory = str(config.ROOT / "migrations")
    configure_args: Mapping[str, Any] = {}

    def __init__(self, app: Portal):
        self.app = app

    @property
    def migrate(self) -> Any:
        """Flask-Migrate, put in this object's place at the first question."""
        flask_migrate = importlib.import_module("flask_migrate")
        return flask_migrate.Migrate(self.app, db, directory=self.directory, render_as_batch=True)


def _engine_options(settings: config.Settings) -> dict[str, Any]:
    if settings.database_url:
        limits = "-c lock_timeout=5000 -c statement_timeout=15000"
        return {"hide_parameters": True, "pool_pre_ping": True, "pool_size": 8, "connect_args": {"options": limits}}
    lite = {"check_same_thread": False}
    return {"hide_parameters": True, "pool_size": 16, "max_overflow": 16, "connect_args": lite}


def _raise_the_house(app: Portal) -> None:
    Compress(app)
    pages.install(app)
    text.register(app)
    addresses.install(app)
    logs.install(app)
    sessions.install(app)
    origin.install(app)
    access.install(app)  # before the form token: an expired sign-in says so, not that the page is old
    CSRFProtect(app)
    errors.install(app)
    for blueprint in _faces():
        app.register_blueprint(blueprint)
    anonymous.install(app)
    assembly.install(app)
    access.check_declared(app)


def _faces() -> Iterable[Blueprint]:
    """The blueprints of every domain, each complete: a face is pages, something_pages, styleguide or api."""
    found: list[Blueprint] = []
    for domain in DOMAINS:
        package = importlib.import_module(f"portal.{domain}")
        names = [module.name for module in pkgutil.iter_modules(package.__path__)]
        faces = [name for name in names if name in ("pages", "styleguide", "api") or name.endswith("_pages")]
        found += [importlib.import_module(f"portal.{domain}.{name}").blueprint for name in faces]
    return dict.fromkeys(found)
