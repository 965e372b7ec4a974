"""The one place that turns what went wrong into what the reader sees: status, code, Chinese sentence, kept text."""

import logging
import secrets
from typing import Any

from flask import Flask, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from portal.core.db import db
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound, PortalError, StaleText, TooLarge, Unavailable
from portal.web import kept, uploads
from portal.web.pages import page

log = logging.getLogger("portal")
KEPT_AFTER = (401, 403, 409, 429, 503)
KEPT_CODES = ("key_reused", "unfit")
UNFIT = "有的内容太长，或含有不能保存的字符，请改好再试。"
MOST_SHOWN = 12
SENTENCES = {
    400: "请求的内容不完整，请回到上一页重新填写。",
    405: "这个地址不能这样打开，请从页面上的按钮进入。",
    413: TooLarge.default,
    414: "网址太长，请从页面上的链接重新进入。",
    415: "提交的格式不对，请从页面上的表单提交。",
    429: "操作太频繁，请稍等一会儿再试。",
    431: "浏览器发来的信息太多，请清理后再试。",
}
TITLES = {401: "请重新登录", 403: "页面已过期", 404: "没有找到", 409: "内容有了变化", 413: "文件太大", 429: "请稍等"}


def install(app: Flask) -> None:
    """Answer every error with one page; nothing of the inside is ever shown."""
    app.register_error_handler(PortalError, show)
    app.register_error_handler(CSRFError, lambda _: show(Forbidden()))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def as_portal_error(error: Exception) -> PortalError | None:
    """A lost race or a busy database as a refusal the reader understands; None for a defect of ours."""
    if isinstance(error, StaleDataError):
        return Conflict()
    if isinstance(error, IntegrityError):
        text = str(error.orig).lower()
        return Conflict() if "unique" in text or "duplicate" in text else None
    if isinstance(error, DataError):
        return Invalid(UNFIT, code="unfit")
    if isinstance(error, (OperationalError, TimeoutError)):
        text = str(error).lower()
        busy = isinstance(error, TimeoutError) or "locked" in text or "lock timeout" in text or "connection" in text
        return Unavailable() if busy else None
    return None


def show(error: PortalError, reference: str = "") -> tuple[Any, int, dict[str, str]]:
    """The page for one refusal; a refused POST keeps what was typed and offers the way back to it."""
    db.session.rollback()
    refused = error.status in KEPT_AFTER or error.code in KEPT_CODES
    files = uploads.offer_all() if request.method == "POST" and refused else {}
    back = kept.keep(files) if request.method == "POST" and refused else None
    if back:
        uploads.keep_offered()
    headers = {"Retry-After": "2"} if error.status == 503 else {}
    if isinstance(error, StaleText) and error.sides:
        both = {**error.sides, "said": error.message, "merge_url": back or "", "files": files}
        return page("errors/conflict.html", **both), error.status, headers
    body = page(
        "errors/error.html",
        error=error,
        title=TITLES.get(error.status, "这一步没有做成"),
        back=back,
        typed=_worth_showing(request.form if back else MultiDict(kept.kept_values() or {})),
        reference=reference or error.code,
    )
    return body, error.status, headers


def _worth_showing(typed: MultiDict[str, str]) -> list[str]:
    """What somebody has written in words; the page that asked for it may not open any more."""
    words = [value for name, value in typed.items(multi=True) if name not in kept.SKIPPED and not value.isascii()]
    return words[:MOST_SHOWN]


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    if error.code == 404:
        return show(NotFound())
    if error.code == 413:
        return show(TooLarge())
    refusal = PortalError(SENTENCES.get(error.code, PortalError.default), code=f"http_{error.code}")
    refusal.status = error.code
    body, status, headers = show(refusal)
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        headers["Allow"] = ", ".join(allowed)
    return body, status, headers


def _unexpected(error: Exception) -> Any:
    known = as_portal_error(error)
    if known is not None:
        return show(known)
    reference = secrets.token_hex(4)
    log.error("unexpected error %s", reference, exc_info=error)
    return show(
        PortalError(f"这一步没有做成，已经记下（编号{reference}）。请稍后再试，或打服务电话告诉我们这个编号。"),
        reference,
    )
