"""What can go wrong, as one family: each error has an HTTP status, a stable code and a sentence for the reader."""

from collections.abc import Mapping
from typing import Any


class PortalError(Exception):
    """A refusal that the reader can understand.

    `message` is the Chinese sentence shown on pages and in JSON; `fields` maps field names to sentences of their own;
    `kept` is whatever the reader had typed, so that no refusal loses text. `on_record` says that the refused try was
    itself written down and is to be committed.
    """

    status = 500
    code = "error"
    default = "这一步没有做成，请稍后再试。"

    def __init__(
        self,
        message: str | None = None,
        *,
        fields: Mapping[str, str] | None = None,
        code: str | None = None,
        kept: Mapping[str, Any] | None = None,
    ):
        super().__init__(message or self.default)
        self.message = message or self.default
        self.on_record = False
        self.fields = dict(fields or {})
        self.kept = dict(kept or {})
        if code:
            self.code = code


class Invalid(PortalError):
    """The input cannot be accepted as it stands; says which field and what to do."""

    status, code, default = 422, "invalid", "有几处要改，您写的都还在。"


class Unauthorised(PortalError):
    """Nobody is signed in, or the sign-in has expired."""

    status, code, default = 401, "unauthorised", "登录已过期，请重新登录。您填写的内容已存为草稿。"


class Forbidden(PortalError):
    """The request did not come from our own page (missing or foreign token, foreign origin)."""

    status, code, default = 403, "forbidden", "页面已过期，请刷新后重试。您填写的内容不会丢失。"


class NotFound(PortalError):
    """Does not exist, or is not this reader's: deliberately the same answer."""

    status, code, default = 404, "not_found", "没有找到该内容，或您没有查看权限。"


class NotAllowed(NotFound):
    """This actor may not do this; to the reader it looks like NotFound."""


class Conflict(PortalError):
    """Somebody else was faster, or the page was stale; what was typed is kept."""

    status, code, default = 409, "conflict", "内容刚刚有了变化，您的操作未执行。您填写的内容已保留，请核对后再试。"


class Stale(Conflict):
    """The page was rendered for an earlier version of the thing."""

    code = "stale"


class StaleText(Conflict):
    """Another text was saved meanwhile; `sides` is what a page needs to show both, field by field."""

    code = "stale_draft"
    sides: Mapping[str, Any] = {}


class OutOfTurn(Conflict):
    """The step does not start from the present state."""

    code = "out_of_turn"


class TooLarge(PortalError):
    """The body or a file is larger than the settings allow."""

    status, code, default = 413, "too_large", "文件超过20MB，请压缩或分开上传。"


class WrongType(PortalError):
    """A file's content is not of an allowed type."""

    status, code = 415, "wrong_type"
    default = "文件内容与格式不符，不能上传。可上传：docx、xlsx、pdf、ofd、jpg、png。"


class TooMany(PortalError):
    """Too many tries in a short time."""

    status, code, default = 429, "too_many", "尝试次数过多，请15分钟后再试，或换用短信验证登录。"


class Unavailable(PortalError):
    """Busy for a moment; the same request may succeed shortly."""

    status, code, default = 503, "unavailable", "现在使用的人较多，请稍等几秒再试。您填写的内容不会丢失。"


class Misconfigured(RuntimeError):
    """The settings are unsafe or incomplete; the program refuses to start and says which."""
