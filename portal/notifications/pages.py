"""The pages of notices: what one was told, where one wants to be told, and the administrator's view of the ways out."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.accounts.permissions import KEEP_SYSTEM
from portal.core.errors import Invalid, NotFound
from portal.core.fields import Field
from portal.notifications import actions, queries, rules, sending
from portal.notifications.channels import NAMES
from portal.web.access import actor, needs, signed_in
from portal.web.forms import PortalForm, filled, form_of
from portal.web.pages import page

blueprint = Blueprint("notifications", __name__)


@blueprint.get("/notifications")
@signed_in
def index() -> str:
    person = _person()
    before = request.args.get("before", type=int)
    lines = list(queries.lines(person, before))
    older = lines[queries.SHOWN_PER_PAGE - 1].id if len(lines) > queries.SHOWN_PER_PAGE else None
    return page(
        "notifications/index.html",
        lines=lines[: queries.SHOWN_PER_PAGE],
        unread=queries.unread(person),
        older_url=url_for("notifications.index", before=older) if older else "",
        newest_url=url_for("notifications.index") if before else "",
        form=PortalForm(),
    )


@blueprint.post("/notifications/read")
@signed_in
def read_all() -> Response:
    actions.mark_read(_person())
    return redirect(url_for("notifications.index"), 303)


@blueprint.route("/me/messages", methods=["GET", "POST"])
@signed_in
def wishes() -> Any:
    """Where I want to be told besides this inbox, and when not to be disturbed."""
    person = _person()
    form = filled(_wishes_form(), _chosen(person))
    if not form.checked():
        return _wishes_page(form), 422 if request.method == "POST" else 200
    values = form.values()
    hours = {name: int(values[name]) for name in ("quiet_from", "quiet_until") if name in values}
    try:
        actions.set_wishes(actor(), person, {**values, **hours})
    except Invalid as refusal:
        form.blame(refusal)
        return _wishes_page(form), 422
    flash("已按您的意思发送。", "good")
    return redirect(url_for("notifications.wishes"), 303)


def _wishes_page(form: Any) -> str:
    return page("notifications/wishes.html", form=form, ways=[NAMES[name] for name in sending.configured()])


def _wishes_form() -> Any:
    """Only the ways out that this office has."""
    fields: list[Field] = []
    for name in sending.configured():
        mail = name == "mail"
        if mail:
            fields.append(Field("mail_address", "邮箱地址", required=False, hint="不填就不发邮件", most=200))
        wanted = rules.WANTED_BY_MAIL if mail else rules.WANTED
        hint = "" if name in ("mail", "sms") else "发到单位的群里，并提到您的手机号"
        fields.append(Field(name, NAMES[name], "choice", choices=wanted, hint=hint))
    if fields:
        hours = tuple((str(hour), f"{hour}:00") for hour in range(24))
        fields.append(Field("quiet_from", "从几点起不打扰", "choice", choices=hours))
        fields.append(Field("quiet_until", "到几点止", "choice", choices=hours, hint="两项选同一个钟点，就是不限时段"))
    return form_of(tuple(fields), name="MessageWishesForm")


def _chosen(person: int) -> dict[str, Any]:
    kept = queries.wish(person)
    if kept is None:
        return {"mail": rules.DIGEST, **dict.fromkeys(rules.CHANNELS[1:], rules.NONE), **dict(rules.QUIET)}
    chosen: dict[str, Any] = {name: getattr(kept, name) for name in rules.CHANNELS}
    quiet = {"quiet_from": str(kept.quiet_from), "quiet_until": str(kept.quiet_until)}
    return {**chosen, **quiet, "mail_address": queries.mail_address(person)}


@blueprint.get("/system/channels")
@needs(KEEP_SYSTEM)
def channels() -> str:
    """The ways out of the portal: which there are, the last test messages, what could not be delivered."""
    person = _person()
    ready = {name: bool(sending.own_address(name, person)) for name in sending.configured()}
    return page(
        "notifications/channels.html",
        names=NAMES,
        ready=ready,
        trials=queries.trials(),
        failures=queries.failures(),
        form=PortalForm(),
    )


@blueprint.post("/system/channels/test")
@needs(KEEP_SYSTEM)
def try_out() -> Response:
    name = request.form.get("channel", "")
    if name not in sending.configured() or not sending.own_address(name, _person()):
        raise NotFound()
    actions.try_out(actor(), name)
    flash("测试消息已交给后台发送，过几秒刷新本页看结果。", "good")
    return redirect(url_for("notifications.channels"), 303)


def _person() -> int:
    person = actor().person_id
    if person is None:
        raise NotFound()
    return person
