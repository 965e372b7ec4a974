"""Forms built from field declarations: one sentence per mistake, nothing typed is lost."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask import request
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation, ValidationError

from portal.core.errors import Invalid, PortalError
from portal.core.fields import Field
from portal.web import kept, uploads

MARK = "【看不见的字符】"
UNSEEN = re.compile(rf"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|{MARK}")
BLANK = re.compile(r"[\s\u200b-\u200d\u2060\ufeff\u3000]+")
RADIOS_AT_MOST = 6
READY_ROWS = 3
PLACES_TOLD = 3
FILES = ("file", "files")
LONGEST_VERSION = 12


def tidy(value: Any) -> Any:
    """Strip blanks at both ends; a value of blanks and zero-width characters only is empty."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip(" \t\n\u3000")
    return "" if not BLANK.sub("", text) else text


class Sound:
    """The checks that a Field declares, as one WTForms validator."""

    def __init__(self, declared: Field):
        self.declared = declared
        self.field_flags = {"required": True} if declared.required else {}

    def __call__(self, form: Form, field: Any) -> None:
        declared, value = self.declared, field.data
        if declared.kind in FILES:
            value = uploads.at_hand(declared.name) or value
        if field.errors and declared.kind in ("date", "number"):
            raise StopValidation()
        if not _given(value):
            field.errors[:] = []
            if declared.required:
                raise StopValidation(declared.sentence_when_missing)
            raise StopValidation()
        if isinstance(value, str):
            self._check_seen(field, value)
            self._check_text(value)
        elif isinstance(value, (list, tuple)):
            self._check_number(sum(1 for one in value if _given(one)))

    def _check_number(self, many: int) -> None:
        declared = self.declared
        if declared.most and many > declared.most:
            raise ValidationError(f"{declared.label}最多{declared.most}项，现在有{many}项。")

    def _check_seen(self, field: Any, value: str) -> None:
        """Give the text back with a mark where a character cannot be seen, so that it can be found and deleted."""
        if UNSEEN.search(value):
            field.data = UNSEEN.sub(MARK, value)
            raise ValidationError(f"内容中含有看不见的特殊字符，已在原处标出，请删除后再提交。{unseen_places(value)}")

    def _check_text(self, value: str) -> None:
        declared, size = self.declared, len(value)
        if declared.most and size > declared.most:
            unit = "个字" if declared.kind == "line" else "字"
            raise ValidationError(f"{declared.label}不能超过{declared.most}{unit}，现在有{size}{unit}。")
        if declared.least and sum(ch.isalnum() for ch in value) < declared.least:
            raise ValidationError(f"{declared.label}太短，请写清楚（不少于{declared.least}字）。")


def unseen_places(text: str) -> str:
    """Where characters stand that cannot be seen: 第12个字后、第40个字后，共5处。 Blanks and marks are not counted."""
    found = list(UNSEEN.finditer(text))
    before = [BLANK.sub("", UNSEEN.sub("", text[: one.start()])) for one in found[:PLACES_TOLD]]
    told = "、".join(f"第{len(one)}个字后" if one else "最前面" for one in before)
    return f"在{told}" + (f"，共{len(found)}处。" if len(found) > PLACES_TOLD else "。")


def _given(value: Any) -> bool:
    if isinstance(value, (list, tuple, dict)):
        return any(_given(one) for one in (value.values() if isinstance(value, dict) else value))
    if hasattr(value, "filename"):
        return bool(value.filename)
    return value is not None and value != "" and value is not False


class PortalForm(Form):
    """Base of all forms. CSRF is checked for the whole application before any view runs."""

    class Meta:
        locales = ("zh",)

    once = HiddenField()
    expected_version = HiddenField()
    declared: tuple[Field, ...] = ()

    def values(self) -> dict[str, Any]:
        """The typed values of the declared fields, by name; files as received. Raises Invalid for a refused file."""
        return {field.name: _value(field, self[field.name]) for field in self.declared}

    def mistakes(self) -> list[tuple[Any, str]]:
        """(field, sentence) pairs in the order of the page, for the summary."""
        return [(field, str(error)) for field in self for error in _flat(field.errors)]

    def checked(self) -> bool:
        """Whether the request posts this form and every field is sound."""
        return request.method == "POST" and self.validate()

    def blame(self, error: PortalError) -> None:
        """Put an action's refusal beside the fields it names; what belongs to no field goes to the summary."""
        if error.code == "secret_mark":
            uploads.forget()
        for name, sentence in error.fields.items():
            if name in self:
                self[name].errors = [*self[name].errors, sentence]
        told = any(name in self for name in error.fields) or (error.message == Invalid.default and self.errors)
        if not told:
            self.form_errors.append(error.message)

    def version_seen(self) -> int | None:
        """The version of the thing that the page was rendered with."""
        text = self.expected_version.data or ""
        return int(text) if text.isdecimal() and len(text) < LONGEST_VERSION else None


def _value(declared: Field, field: Any) -> Any:
    if declared.kind == "file":
        return next(iter(uploads.received(declared.name)), None)
    if declared.kind == "files":
        return uploads.received(declared.name)
    if declared.kind == "rows":
        columns = [column.name for column in declared.columns]
        rows = [
            {name: _value(column, one.form[name]) for name, column in zip(columns, declared.columns, strict=True)}
            for one in field
        ]
        return [row for row in rows if any(row.values())]
    if declared.kind == "pick":
        return field.chosen
    return field.data


def _flat(errors: Iterable[Any]) -> list[str]:
    return [one for error in errors for one in (error if isinstance(error, (list, tuple)) else [error])]


class DayField(DateField):
    """A date as browsers send it; refuses days that do not exist."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = unicodedata.normalize("NFKC", valuelist[0]).strip() if valuelist else ""
        self.data: date | None = None
        if not text:
            return
        try:
            self.data = date.fromisoformat(text)
        except ValueError:
            self.raw_data = [text]
            raise ValueError("日期不存在，请重新选择。") from None


class WholeField(IntegerField):
    """A whole number; full-width digits are welcome."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = unicodedata.normalize("NFKC", valuelist[0]).strip() if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            self.data = int(text)
        except ValueError:
            raise ValueError("请填写整数。") from None


def form_of(fields: Sequence[Field], actor: Any = None, item: Any = None, name: str = "StepForm") -> type[PortalForm]:
    """A form class for the declared fields; choices are those of this actor for this item."""
    members: dict[str, Any] = {"declared": tuple(fields)}
    members.update({field.name: _widget(field, actor, item) for field in fields})
    return type(name, (PortalForm,), members)


def filled(form_class: type[PortalForm], values: Mapping[str, Any] | None = None, version: int | None = None) -> Any:
    """The form with what was posted, else what was kept from a refusal, else `values`."""
    if request.method != "POST":
        return fresh(form_class, values, version, kept.kept_values())
    return form_class(CombinedMultiDict([request.files, request.form]), data=dict(values or {}))


def fresh(
    form_class: type[PortalForm],
    values: Mapping[str, Any] | None = None,
    version: int | None = None,
    restored: Mapping[str, list[str]] | None = None,
) -> Any:
    """An unposted form with its own key and the version it is rendered for."""
    form = form_class(MultiDict(restored) if restored else None, data=dict(values or {}))
    form.once.data = kept.form_token()
    form.expected_version.data = "" if version is None else str(version)
    return form


class PickField(StringField):
    """A choice from a long list, typed by its label (with a datalist); `chosen` is the value behind it."""

    def __init__(self, pairs: Sequence[tuple[str, str]] = (), **kwargs: Any):
        super().__init__(**kwargs)
        self.pairs = list(pairs)
        self.chosen: str | None = None

    @property
    def options(self) -> list[str]:
        """The labels, for the datalist."""
        return [label for _, label in self.pairs]

    def process_data(self, value: Any) -> None:
        self.chosen = value or None
        self.data = dict(self.pairs).get(value, "") if value else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = tidy(valuelist[0]) if valuelist else ""
        by_label = {label: value for value, label in self.pairs}
        self.chosen = by_label.get(self.data) or (self.data if self.data in dict(self.pairs) else None)

    def pre_validate(self, form: Any) -> None:
        if self.data and not self.chosen:
            raise StopValidation(f"没有找到“{self.data[:30]}”，请从列表里选。")


class RowsField(FieldList):
    """A short table; empty rows are passed over, and a few blank ones stand ready."""

    errors: Sequence[Any]

    def __init__(self, columns: Sequence[Field], actor: Any, item: Any, **kwargs: Any):
        row = type("Row", (Form,), {column.name: _widget(column, actor, item) for column in columns})
        super().__init__(FormField(row), **kwargs)
        self.columns = tuple(columns)

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Sound rows and their number; each mistake is one sentence that names its row."""
        super().validate(form, extra_validators)
        found = [(at, error) for at, one in enumerate(self.entries, 1) for error in _flat(one.form.errors.values())]
        own = [error for error in self.errors if isinstance(error, str)]
        self.errors = [*own, *(f"第{at}行：{error}" for at, error in found)]
        return not self.errors


_PLAIN = {"line": StringField, "text": TextAreaField, "hidden": HiddenField, "secret": PasswordField}
_TYPED = {"date": DayField, "number": WholeField, "yes": BooleanField, "file": FileField, "files": MultipleFileField}


def _widget(field: Field, actor: Any, item: Any) -> Any:
    common: dict[str, Any] = {"label": field.label, "description": field.hint, "validators": [Sound(field)]}
    if field.most and field.kind in ("line", "text"):
        common["render_kw"] = {"data-most": str(field.most)}
    if field.kind in _PLAIN:
        return _PLAIN[field.kind](filters=[tidy], **common)
    if field.kind in _TYPED:
        return _TYPED[field.kind](**common)
    if field.kind == "rows":
        return RowsField(field.columns, actor, item, min_entries=READY_ROWS, **common)
    pairs = list(field.choices_for(actor, item))
    if field.kind == "pick":
        return PickField(pairs, **common)
    choices = [SelectChoice(value, label) for value, label in pairs]
    wrong = {"validate_choice": True}
    if field.kind == "choices":
        return SelectMultipleField(choices=choices, **wrong, **common)
    if len(pairs) <= RADIOS_AT_MOST:
        return RadioField(choices=choices, **wrong, **common)
    return SelectField(choices=[SelectChoice("", "请选择"), *choices], **wrong, **common)
