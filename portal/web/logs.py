"""The program's own log: JSON, one line per event, on stderr and in `log/portal.log` of the data folder.

A request is logged by its route, never by its address, query, body or cookies; people by number. What libraries and
tracebacks say passes a filter that takes out phones, ID numbers, tokens and control characters. (网络安全法 requires
logs to be kept for six months: rotate the file by time, not by size.)
"""

import json
import logging
import logging.handlers
import re
import secrets
import sys
import traceback
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from portal.core import clock
from portal.core.personal import Secret
from portal.web import access

REDACTIONS = (
    (re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])"), "[id]"),
    (re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)"), "[phone]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+"), r"\1 [token]"),
    (re.compile(r"(?i)\b((?:__Host-)?\w*(?:session|token|secret|passw\w*|authorization|cookie|csrf\w*|pin|code))"
                r"(\"?'?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&\"')]+)"), r"\1\2[hidden]"),
    (re.compile(r"(?<![\w-])[A-Za-z0-9_-]{40,}(?![\w-])"), "[token]"),
    (re.compile(r"\[parameters: .*?\](?=\s|$)|\[SQL: .*?\](?=\s|$)", re.S), "[statement]"),
)  # fmt: skip
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
OWN_FIELDS = ("request", "route", "method", "status", "ms", "person", "job", "kind", "tries", "work", "day",
              "from_day", "to_day")  # fmt: skip

logger = logging.getLogger("portal.access")


def redacted(text: str) -> str:
    """`text` without phones, ID numbers, tokens, passwords, statements' values and control characters."""
    for pattern, instead in REDACTIONS:
        text = pattern.sub(instead, text)
    return CONTROL.sub(" ", text)


class OneLine(logging.Formatter):
    """One JSON object per event; whatever is not plain is redacted, never interpreted."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, Any] = {
            "at": clock.real().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "said": redacted(_said(record)),
        }
        if has_request_context() and "request_id" in g:
            event["request"] = g.request_id
        for name in OWN_FIELDS:
            value = getattr(record, name, None)
            if value is not None:
                event[name] = value if isinstance(value, int | float) else redacted(str(value))
        if record.exc_info and record.exc_info[0]:
            event["trouble"] = _trouble(record.exc_info)
        return json.dumps(event, ensure_ascii=False)


def _said(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        return str(record.msg)


def _trouble(exc_info: Any) -> dict[str, Any]:
    """Kind and places of an error; its message only redacted, because it may quote what somebody typed."""
    kind, error, trace = exc_info
    places = [f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in traceback.extract_tb(trace)][-12:]
    return {"kind": kind.__name__, "places": places, "said": _safe_message(error)}


def _safe_message(error: BaseException | None) -> str:
    # Database errors quote statements and values, UnicodeErrors quote input: their kind and place are enough.
    module = type(error).__module__.split(".")[0]
    if error is None or module in ("sqlalchemy", "psycopg", "sqlite3") or isinstance(error, UnicodeError | KeyError):
        return ""
    return redacted(str(error))[:200]


class Redaction(logging.Filter):
    """Masks secrets among a record's arguments, and keeps out what libraries tell below a warning: their chatter
    quotes statements with values, headers and bodies, whatever level somebody has switched on."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING and not record.name.startswith("portal"):
            return False
        if isinstance(record.args, tuple):
            record.args = tuple(each.masked if isinstance(each, Secret) else each for each in record.args)
        return True


def install(app: Flask) -> None:
    """Number every request, log each by its route, and send all of the program's logs through the redaction."""
    settings = app.config["SETTINGS"]
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if settings.profile != "test":
        folder = settings.data / "log"
        folder.mkdir(mode=0o700, exist_ok=True)
        handlers.append(logging.handlers.WatchedFileHandler(folder / "portal.log", encoding="utf-8", delay=True))
    _attach(handlers)
    if settings.demo:
        # The demo's window stays readable: requests go to the file only.
        handlers[0].addFilter(lambda record: record.name != logger.name)
    app.before_request(_number)
    app.after_request(_tell)


def _attach(handlers: list[logging.Handler]) -> None:
    root = logging.getLogger()
    for old in [each for each in root.handlers if isinstance(each.formatter, OneLine)]:
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        handler.setFormatter(OneLine())
        handler.addFilter(Redaction())
        root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("portal").setLevel(logging.INFO)


def _number() -> None:
    g.request_id = secrets.token_hex(8)
    g.started = clock.ticks()


def _tell(response: Response) -> Response:
    number = g.get("request_id")
    if number is None:  # refused before our first hook
        return response
    response.headers["X-Request-Id"] = number
    rule = request.url_rule.rule if request.url_rule else "-"
    quiet = response.status_code < 400 and (rule.startswith("/static") or rule in ("/healthz", "/readyz", "/metrics"))
    if not quiet:
        known = access.standing() if "standing" in g else None
        logger.info(
            "request",
            extra={
                "route": rule,
                "method": request.method if request.method.isascii() else "?",
                "status": response.status_code,
                "ms": round((clock.ticks() - g.started) * 1000, 1),
                "person": known.person_id if known else None,
            },
        )
    return response
