"""Getting in and out, and choosing a password."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, redirect, request, url_for

from portal.accounts import passwords, queries, signing_in
from portal.accounts.actor import ANYBODY, Actor
from portal.accounts.blueprint import blueprint
from portal.accounts.forms import CHANGE_PASSWORD, FIRST_PASSWORD, SIGN_IN
from portal.accounts.permissions import DEPUTY, ROLE_LABELS
from portal.audit.actions import record
from portal.core.errors import Invalid, NotFound, PortalError, TooMany, Unauthorised
from portal.web import access, sessions
from portal.web.access import actor, before_ripe, public
from portal.web.forms import filled
from portal.web.idempotency import repeatable
from portal.web.pages import page

Answer = Any


@dataclass(frozen=True)
class Door:
    """One of the ten people of the demo profile that can be entered with one click."""

    username: str
    label: str
    does: str
    icon: str


DOORS = (
    Door("deputy01", "代表", "写建议、看答复、评价", "person-badge"),
    Door("deputy02", "另一位代表", "确认联名", "people"),
    Door("clerk", "代表工委", "审查、立案、交办", "inbox"),
    Door("delegation1", "代表团", "核对会议期间建议", "person-check"),
    Door("govoffice", "区政府督查室", "看政府系统办理情况", "bank"),
    Door("housing", "承办单位", "签收、联系、答复", "building"),
    Door("housing-signer", "单位签发人", "签发答复", "pen"),
    Door("water", "会办单位", "提会办意见", "send"),
    Door("leader1", "常委会领导", "看总体", "bar-chart"),
    Door("system", "系统管理员", "管账号和任职", "gear"),
)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
@repeatable
def sign_in() -> Answer:
    target = access.safe_next(request.values.get("next"))
    if actor() is not ANYBODY and request.method == "GET":
        return redirect(target, 303)
    form = filled(SIGN_IN)
    if form.checked():
        values = form.values()
        try:
            who = signing_in.sign_in(values["username"], values["password"], request.remote_addr or "")
        except (Unauthorised, TooMany) as refusal:
            form.form_errors.append(refusal.message)
            return _sign_in_page(form, refusal)
        return _enter(who, target)
    return _sign_in_page(form, Invalid() if request.method == "POST" else None)


def _sign_in_page(form: Any, refusal: PortalError | None = None) -> Answer:
    demo = current_app.config["SETTINGS"].demo
    accounts = queries.demo_accounts() if demo else []
    known = {username for username, *_ in accounts}
    body = page(
        "accounts/sign_in.html",
        form=form,
        doors=[door for door in DOORS if door.username in known],
        others=_others(accounts),
        target=access.safe_next(request.values.get("next")),
    )
    return body, refusal.status if refusal else 200


def _others(accounts: Sequence[tuple[str, str, str, str]]) -> list[tuple[str, str, str]]:
    """(user name, person, what they are) of the accounts that have no door of their own."""
    doors = {door.username for door in DOORS}
    return [
        (username, name, f"{body} {ROLE_LABELS.get(role, '')}")
        for username, name, role, body in accounts
        if username not in doors
    ]


@blueprint.post("/sign-in/demo")
@public
@repeatable
def sign_in_demo() -> Answer:
    if not current_app.config["SETTINGS"].demo:
        raise NotFound()
    who = signing_in.sign_in_demo(request.form.get("username", ""))
    return _enter(who, access.safe_next(request.form.get("next")))


def _enter(who: Actor, target: str) -> Answer:
    device = device_of(request.user_agent.string)
    sessions.begin(who.person_id or 0, who.capacity_id, desk=who.role != DEPUTY, device=device)
    access.forget()
    return redirect(target, 303)


@blueprint.post("/sign-out")
@before_ripe
@repeatable
def sign_out() -> Answer:
    record(actor(), signing_in.subject(actor().person_id), "account.signed_out", {}, "退出登录。")
    sessions.end()
    answer = redirect(url_for("accounts.sign_in"), 303)
    # Drafts and copies of pages on a borrowed machine go with the sign-in.
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@blueprint.route("/me/password", methods=["GET", "POST"])
@before_ripe
@repeatable
def password() -> Answer:
    first = queries.has_no_password(actor().person_id or 0)
    target = access.safe_next(request.values.get("next"), url_for("accounts.me"))
    form = filled(FIRST_PASSWORD if first else CHANGE_PASSWORD)
    refusal: PortalError | None = Invalid() if request.method == "POST" else None
    if form.checked():
        rules = passwords.rules_for(current_app.config["SETTINGS"].production)
        values = form.values()
        try:
            chosen = signing_in.check_change(actor(), values.get("old") or "", values["new"], values["again"], rules)
        except (Invalid, TooMany) as error:
            form.blame(error)
            refusal = error
        else:
            signing_in.change_password(actor(), chosen, sessions.current().row_id)
            sessions.rotate()
            flash("密码改好了。其他设备上的登录已全部退出。", "good")
            return redirect(target, 303)
    context = {"form": form, "first": first, "must": access.must_change(), "target": target}
    return page("accounts/password.html", **context), refusal.status if refusal else 200


@blueprint.get("/sign-in/help")
@public
def forgotten() -> Answer:
    return page("accounts/forgotten.html")


DEVICES = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Android", "安卓手机"),
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("HarmonyOS", "鸿蒙设备"),
    ("Windows", "电脑"),
    ("Macintosh", "苹果电脑"),
    ("Linux", "电脑"),
)


def device_of(agent: str) -> str:
    """The browser's own word for itself, in words that tell one's devices apart: 微信、安卓手机."""
    said = [words for sign, words in DEVICES if sign.lower() in agent.lower()]
    if len(said) > 1 and said[-1] == "电脑":
        said = said[:-1]
    return "、".join(dict.fromkeys(said)) or "其他设备"
