"""文书模板: the office's own templates beside those that ship, with their fields and a preview."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, url_for

from portal.accounts.permissions import KEEP_RULES
from portal.audit.queries import history
from portal.core.errors import Invalid, PortalError
from portal.core.fields import Field
from portal.letters import actions, queries, shipped
from portal.letters.kinds import KINDS, Kind
from portal.letters.rendering import Letter, filled, text_of
from portal.web import downloads, forms
from portal.web.access import actor, needs
from portal.web.forms import form_of
from portal.web.pages import page
from portal.web.uploads import takes_files

blueprint = Blueprint("letters", __name__)

Answer = Any
UPLOAD = (Field("file", "自己的模板", "file", missing="请选择模板文件。", hint="Word文档（docx），1MB以内"),)


@blueprint.get("/rules/letters")
@needs(KEEP_RULES)
def index() -> Answer:
    """Every kind of letter, and which template it is made from."""
    return page("letters/index.html", kinds=KINDS.values(), own=queries.own_templates(actor().congress_id))


@blueprint.get("/rules/letters/<kind>")
@needs(KEEP_RULES)
def show(kind: str) -> Answer:
    """One kind: its template, its fields, and how it looks with sample data."""
    return _page(queries.kind_called(kind), forms.filled(form_of(UPLOAD, name="TemplateForm")))


@blueprint.post("/rules/letters/<kind>")
@needs(KEEP_RULES)
@takes_files
def upload(kind: str) -> Answer:
    """Put an own template in place; one with a mistake is refused and nothing is kept."""
    wanted = queries.kind_called(kind)
    form = forms.filled(form_of(UPLOAD, name="TemplateForm"))
    try:
        if not form.checked():
            raise Invalid()
        received = form.values()["file"]
        actions.check(wanted, received)
        actions.replace(actor(), wanted, received)
    except Invalid as refusal:
        form.blame(refusal)
        return _page(wanted, form), refusal.status
    flash(f"{wanted.label}从现在起用新的模板。", "good")
    return redirect(url_for("letters.show", kind=kind), 303)


@blueprint.post("/rules/letters/<kind>/shipped")
@needs(KEEP_RULES)
def go_back(kind: str) -> Answer:
    """Use the template that ships again."""
    wanted = queries.kind_called(kind)
    actions.go_back(actor(), wanted)
    flash(f"{wanted.label}改用平台自带的模板。", "good")
    return redirect(url_for("letters.show", kind=kind), 303)


@blueprint.get("/rules/letters/<kind>/shipped.docx")
@needs(KEEP_RULES)
def shipped_template(kind: str) -> Response:
    """The template that ships, to be changed in Word."""
    wanted = queries.kind_called(kind)
    return downloads.send(Letter(f"{wanted.label}模板.docx", shipped.template(wanted.name)))


@blueprint.get("/rules/letters/<kind>/own.docx")
@needs(KEEP_RULES)
def own_template(kind: str) -> Response:
    """The template in use, the office's own where it has one."""
    wanted = queries.kind_called(kind)
    name = f"{wanted.label}模板（在用）.docx"
    return downloads.send(Letter(name, queries.template(actor().congress_id, wanted)))


@blueprint.get("/rules/letters/<kind>/sample.docx")
@needs(KEEP_RULES)
def sample(kind: str) -> Response:
    """The template in use, filled in with sample data."""
    wanted = queries.kind_called(kind)
    return downloads.send(queries.letter(actor().congress_id, wanted, wanted.sample(), "样张"))


def _page(kind: Kind, form: Any) -> str:
    own = queries.own_template(actor().congress_id, kind)
    try:
        preview, broken = text_of(filled(queries.template(actor().congress_id, kind), kind, kind.sample())), ""
    except PortalError as error:
        preview, broken = [], error.message
    lines = [line for line in history(actions.subject(actor().congress_id)) if line.data.get("kind") == kind.name]
    return page("letters/show.html", kind=kind, own=own, form=form, preview=preview, broken=broken, lines=lines)
