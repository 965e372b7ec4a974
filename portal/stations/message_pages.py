"""The public pages of the messages: leaving one, following it by its tracking code, rating the answer."""

from typing import Any

from flask import g, make_response, render_template, request

from portal.accounts.actor import ANYBODY
from portal.core.errors import Forbidden, Invalid, NotFound, PortalError, TooMany
from portal.stations import (
    duty_queries,
    message_actions,
    message_desk_pages,
    message_queries,
    message_tracking,
    queries,
)
from portal.stations import message_rules as rules
from portal.stations.message_blueprint import blueprint
from portal.stations.message_fields import RATE, to_leave
from portal.stations.message_models import Message
from portal.stations.models import Station
from portal.web import anonymous, frame
from portal.web.access import public
from portal.web.anonymous import own_token
from portal.web.forms import PortalForm, filled, form_of, fresh
from portal.web.headers import PROTECTION
from portal.web.uploads import takes_files_if

__all__ = ["blueprint", "message_desk_pages"]

TRAP = "website"
WITH_MICROPHONE = PROTECTION["Permissions-Policy"].replace("microphone=()", "microphone=(self)")
TRACK = "track"
DAYS_OFFERED = 4
UNKNOWN = "没有找到这个查询码。请对着您抄下或拍下的数字再输一遍，一共25个数字。"
OFTEN = f"{message_actions.TOO_OFTEN}急着发，就回答下面的问题。"
NOTHING_SAID = "请写下您想说的事，或者录一段话。"
ONLY_SOUND = "这里只收录音，照片请放在上面一格。"
ONLY_PHOTOS = "这里只收照片，文件请带到站里。"


def shown(template: str, status: int = 200, /, **context: Any) -> Any:
    """The template as anybody gets it, signed in or not; kept by no cache, because its token is for one sheet."""
    around = frame.build_public()
    return make_response(render_template(template, frame=around, links=around.links, **context), status)


@blueprint.get("/stations/<slug>/message")
@public
def sheet(slug: str) -> Any:
    """What cannot be accepted, then the empty sheet."""
    station = queries.by_slug(slug)
    return _sheet(station, fresh(_form(station)))


def _welcome() -> bool:
    """Before any file is looked into: the sheet is ours, and this client may write, or has answered the question."""
    here = anonymous.sent(_purpose())
    g.often = g.asked = False
    if here is None:
        return False
    typed = request.form.get("answer", "")
    g.asked = bool(typed) and rules.is_answer(typed, rules.question(here.nonce)[1])
    if message_actions.earlier(here.nonce) is not None:
        return True
    g.often = not message_actions.may_write(request.remote_addr or "", g.asked)
    return not g.often


@blueprint.post("/stations/<slug>/message")
@public
@own_token
@takes_files_if(_welcome, sound="voice")
def leave(slug: str) -> Any:
    """Keep the message and show its tracking code; a refusal keeps what was typed."""
    here = anonymous.sent(_purpose())
    if here is None:
        return _stale(slug)
    station = queries.by_slug(slug)
    said, right = rules.question(here.nonce)
    links = rules.links_in(request.form.get("text", ""))
    doubtful = g.often or 0 < links <= rules.MOST_LINKS or "answer" in request.form
    form = filled(_form(station, said if doubtful else ""))
    try:
        if g.often:
            raise TooMany(OFTEN, code="too_often")
        values = _checked(form, links, right)
        doubts = _doubts(here.seconds, links)
        code = message_actions.leave(station, here.nonce, values, doubts, request.remote_addr or "", g.asked)
    except PortalError as refusal:
        return _again(station, form, refusal)
    booked = message_actions.earlier(here.nonce)
    return shown("stations/message_left.html", station=station, code=rules.grouped(code), message=booked)


def _stale(slug: str) -> Any:
    """A sheet that is too old, or none of ours: refused before it matters whether there is such a station."""
    try:
        station = queries.by_slug(slug)
    except NotFound:
        raise Forbidden() from None
    return _again(station, filled(_form(station)), Forbidden())


def _checked(form: PortalForm, links: int, right: int) -> dict[str, Any]:
    if links > rules.MOST_LINKS:
        raise Invalid(fields={"text": message_actions.TOO_MANY_LINKS})
    sound = form.validate()
    if form.phone.data and rules.tidy_phone(form.phone.data) is None:
        raise Invalid(fields={"phone": message_actions.WRONG_PHONE})  # beside whatever else is wrong
    if not sound:
        raise Invalid()
    values = form.values()
    if not values["text"] and not values["voice"]:
        raise Invalid(fields={"text": NOTHING_SAID})
    if "answer" in form and not rules.is_answer(values["answer"], right):
        raise Invalid(fields={"answer": f"不对，请再算一次：{form.answer.label.text}"})
    if any(not one.media_type.startswith("image/") for one in values["photos"]):
        raise Invalid(fields={"photos": ONLY_PHOTOS})
    if values["voice"] and not values["voice"].media_type.startswith("audio/"):
        raise Invalid(fields={"voice": ONLY_SOUND})
    return values


def _doubts(seconds: float, links: int) -> list[str]:
    signs = {
        "trap": bool(request.form.get(TRAP)),
        "fast": seconds < rules.QUICKEST,
        "links": links > 0,
        "often": g.asked,
    }
    return [name for name, found in signs.items() if found]


def _form(station: Station, question: str = "") -> type[PortalForm]:
    coming = duty_queries.coming([station.id], DAYS_OFFERED)
    booked = message_queries.bookings([one.id for one in coming])
    days = [(one.public_id, _day_words(one, booked.get(one.id, 0))) for one in coming]
    return form_of(to_leave(days, question))


def _day_words(reception: Any, booked: int) -> str:
    day = f"{reception.day.month}月{reception.day.day}日（周{'一二三四五六日'[reception.day.weekday()]}）{reception.hours}"
    return f"{day}　已有{booked}位预约" if booked else day


def _again(station: Station, form: PortalForm, refusal: PortalError) -> Any:
    form.blame(refusal)
    return _sheet(station, form, refusal.status)


def _sheet(station: Station, form: PortalForm, status: int = 200) -> Any:
    # The same nonce while a sheet is being mended: its question stays the same, and so does its double tap.
    here = request.form.get(anonymous.NAME, "") if anonymous.sent(_purpose()) else anonymous.fresh(_purpose())
    kept_for = message_queries.pack_at(station).period("message_phone").words
    words = {"not_taken": rules.NOT_TAKEN, "token": here, "trap": TRAP, "kept_for": kept_for}
    answer = shown("stations/message.html", status, station=station, form=form, **words)
    answer.headers["Permissions-Policy"] = WITH_MICROPHONE
    return answer


def _purpose() -> str:
    return f"message:{(request.view_args or {})['slug']}"


@blueprint.get("/track")
@public
def look() -> Any:
    """Where a tracking code is typed; it never stands in an address."""
    return _asking()


@blueprint.post("/track")
@public
@own_token
def follow() -> Any:
    """How far the message is, and the answer; and with a rating, what its writer thinks of it."""
    if anonymous.sent(TRACK) is None:
        return _asking(Forbidden())
    try:
        message = message_tracking.track(request.form.get("code", ""), request.remote_addr or "")
    except TooMany as refusal:
        return _asking(refusal)
    if message is None:
        return _asking(Invalid(UNKNOWN, code="unknown_code"))
    return _rated(message) if "rating" in request.form else _followed(message)


def _rated(message: Message) -> Any:
    form = filled(form_of(RATE))
    try:
        if not form.validate():
            raise Invalid()
        message_actions.take(ANYBODY, message, "rate", form.values())
    except PortalError as refusal:
        if isinstance(refusal, NotFound):
            raise
        form.blame(refusal)
        return _followed(message, form, refusal.status)
    return _followed(message, thanks=True)


def _followed(message: Message, form: Any = None, status: int = 200, thanks: bool = False) -> Any:
    return shown(
        "stations/message_followed.html",
        status,
        told=message_queries.followed(message),
        form=form or fresh(form_of(RATE)),
        code=rules.plain_code(request.form.get("code", "")),
        token=anonymous.fresh(TRACK),
        thanks=thanks,
    )


def _asking(refusal: PortalError | None = None) -> Any:
    said = refusal.message if refusal else ""
    typed = rules.grouped(rules.plain_code(request.form.get("code", ""))[: 2 * rules.CODE_DIGITS])
    around = {"said": said, "typed": typed, "token": anonymous.fresh(TRACK), "digits": rules.CODE_DIGITS}
    return shown("stations/message_track.html", refusal.status if refusal else 200, **around)
