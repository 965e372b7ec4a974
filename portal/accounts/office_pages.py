"""The office's accounts: list, opening, approving, slips, disabling, appointing."""

from typing import Any

from flask import flash, redirect, request, url_for

from portal.accounts import appointments, people, queries, rules
from portal.accounts.blueprint import blueprint
from portal.accounts.forms import APPOINT, DISABLE, NEW_ACCOUNT, STANDINGS
from portal.accounts.models import Person
from portal.accounts.permissions import KEEP_ACCOUNTS, RESET_PASSWORDS, ROLE_LABELS
from portal.accounts.signing_in import subject
from portal.audit.queries import history
from portal.core import clock
from portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from portal.web.access import actor, needs
from portal.web.forms import filled, form_of
from portal.web.idempotency import repeatable
from portal.web.pages import page

Answer = Any
MOST_PAGES = 2000


@blueprint.get("/accounts")
@needs(KEEP_ACCOUNTS, RESET_PASSWORDS, of="account")
def index() -> Answer:
    words, standing = request.args.get("words", "").strip()[:40], request.args.get("standing", "")
    number = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    rows, total = queries.accounts(actor(), words, standing, number)
    last = max(1, -(-total // queries.PAGE))
    kept: dict[str, Any] = {"words": words, "standing": standing}
    return page(
        "accounts/index.html",
        rows=rows,
        total=total,
        words=words,
        standing=standing,
        here=number,
        last=last,
        prev_url=url_for("accounts.index", page=number - 1, **kept) if number > 1 else "",
        next_url=url_for("accounts.index", page=number + 1, **kept) if number < last else "",
        may_open=rules.may_open_accounts(actor()),
        standings=dict(STANDINGS),
    )


@blueprint.route("/accounts/new", methods=["GET", "POST"])
@needs(KEEP_ACCOUNTS, of="account")
def new() -> Answer:
    if not rules.may_open_accounts(actor()):
        raise NotFound()
    form = filled(NEW_ACCOUNT)
    if not form.checked():
        return page("accounts/new.html", form=form), 422 if request.method == "POST" else 200
    try:
        made = _open(form)
    except Invalid as refusal:
        form.blame(refusal)
        return page("accounts/new.html", form=form), 422
    flash("账号开好了，等安全管理员启用。现在可以任命身份。", "good")
    return redirect(url_for("accounts.show", id=made.public_id), 303)


def _open(form: Any) -> Person:
    values = form.values()
    phone = None
    if values["phone"]:
        try:
            phone = rules.tidy_phone(values["phone"])
        except ValueError as fault:
            raise Invalid(str(fault), fields={"phone": str(fault)}) from None
    person = people.add_person(actor(), values["name"], phone=phone)
    people.open_account(actor(), person, values["username"] or "")
    return person


@blueprint.get("/accounts/<id>")
@needs(KEEP_ACCOUNTS, RESET_PASSWORDS, of="account")
def show(id: str) -> Answer:
    return _show_page(queries.person_visible(actor(), id))


def _show_page(person: Person, form: Any = None) -> str:
    roles = [role for role in ROLE_LABELS if rules.may_appoint(actor(), role)]
    if form is None and roles:
        form = filled(form_of(APPOINT, actor(), person, "AppointForm"), {"starts_on": clock.today()})
    held = queries.appointments_of(person.id)
    reach = queries.reach(person.id, clock.today())
    return page(
        "accounts/show.html",
        person=person,
        account=person.account,
        standings=dict(STANDINGS),
        roles=ROLE_LABELS,
        held=[(one, queries.is_running(one, clock.today()), appointments.may_end(actor(), one)) for one in held],
        form=form,
        may_reset=rules.may_reset(actor(), person.id, reach)
        and person.account is not None
        and not person.account.disabled,
        may_switch_off=rules.may_switch_off(actor(), person.id),
        disable_form=filled(form_of(DISABLE, name="DisableForm")),
        lines=history(subject(person.id))[-30:],
    )


@blueprint.post("/accounts/<id>/appointments")
@needs(KEEP_ACCOUNTS, of="account")
def appoint(id: str) -> Answer:
    person = queries.person_visible(actor(), id)
    form = filled(form_of(APPOINT, actor(), person, "AppointForm"))
    if not form.checked():
        return _show_page(person, form), 422
    values = form.values()
    body = queries.body(values["body"])
    try:
        appointments.appoint(
            actor(), person, values["role"], body, values["starts_on"], values["ends_on"], values["title"]
        )
    except (Invalid, Conflict) as refusal:
        form.blame(refusal)
        return _show_page(person, form), refusal.status
    flash("任命好了，下次打开页面就生效。", "good")
    return redirect(url_for("accounts.show", id=id), 303)


@blueprint.post("/accounts/<id>/slip")
@needs(RESET_PASSWORDS, of="account")
@repeatable
def slip(id: str) -> Answer:
    """The printed sheet is the answer itself: the code is shown this once and nowhere kept in clear."""
    person = queries.person_visible(actor(), id)
    code = people.issue_slip(actor(), person)
    until = clock.office(clock.real() + people.SLIP_LASTS)
    return page("accounts/slip.html", person=person, account=person.account, code=code, until=until)


@blueprint.post("/accounts/<id>/disable")
@needs(KEEP_ACCOUNTS, of="account")
def disable(id: str) -> Answer:
    person = queries.person_visible(actor(), id)
    people.disable(actor(), person, request.form.get("reason", "").strip()[:100])
    flash("账号已停用，所有登录都已退出。", "good")
    return redirect(url_for("accounts.show", id=id), 303)


@blueprint.post("/accounts/<id>/enable")
@needs(KEEP_ACCOUNTS, of="account")
def enable(id: str) -> Answer:
    person = queries.person_visible(actor(), id)
    if person.account is None:
        raise NotAllowed()
    people.enable(actor(), person)
    flash("账号已启用。", "good")
    return redirect(url_for("accounts.show", id=id), 303)
