"""What a rule pack must contain, and the sentences that say what is wrong with one that does not."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from portal.congress.pack import COLOURS, EVENTS, LEVELS, LIMITS, PERIODS, POLICIES, UNITS, WORDS
from portal.core.errors import Invalid

PLACEHOLDER = re.compile(r"\{(n|n:0[1-9]d|session|term|year)\}")


def _asked(kind: str) -> dict[str, Any]:
    return {"required": "缺这一项。", "null": "缺这一项。", "invalid": f"应为{kind}。"}


def _text(most: int = 200, least: int = 1) -> fields.String:
    length = validate.Length(min=least, max=most, error=f"应为{least}到{most}个字。")
    return fields.String(required=True, validate=length, error_messages=_asked("文字"))


def _whole(least: int, most: int) -> fields.Integer:
    size = validate.Range(min=least, max=most, error=f"应为{least}到{most}之间的整数。")
    return fields.Integer(required=True, strict=True, validate=size, error_messages=_asked("整数"))


def _one_of(choices: Any) -> fields.String:
    words = "、".join(choices)
    return fields.String(
        required=True, validate=validate.OneOf(list(choices), error=f"只能是{words}。"), error_messages=_asked("文字")
    )


def _yes() -> fields.Boolean:
    return fields.Boolean(required=True, truthy={True}, falsy={False}, error_messages=_asked("是或否"))


class Strict(Schema):
    """Refuses what it does not know, in Chinese."""

    error_messages = {"unknown": "没有这一项。", "type": "格式不对。"}


class PeriodSchema(Strict):
    amount = _whole(1, 366)
    unit = _one_of(UNITS)
    event = fields.String(
        required=True,
        data_key="from",
        validate=validate.OneOf(list(EVENTS), error=f"只能是{'、'.join(EVENTS)}。"),
        error_messages=_asked("文字"),
    )
    label = _text(30)
    basis = _text(200, 0)
    starts = fields.String(validate=validate.Length(min=1, max=20, error="应为1到20个字。"))
    statute = fields.Boolean()


class PolicySchema(Strict):
    value = fields.Raw(required=True, error_messages=_asked("约定的值"))
    label = _text(30)
    basis = _text(200, 0)
    statute = fields.Boolean()


class LimitSchema(Strict):
    value = _whole(1, 100_000)
    label = _text(30)


class LadderSchema(Strict):
    before = fields.List(_whole(0, 90), required=True, error_messages=_asked("一列天数"))
    after = _one_of(("each_working_day", "none"))
    mail_hour = _whole(7, 20)
    label = _text(30)
    basis = _text(200, 0)


class NumberSchema(Strict):
    full = _text(60)
    short = _text(30)


class GradeSchema(Strict):
    code = _text(20)
    letter = _text(2, 0)
    word = _text(60)
    short = _text(12)
    colour = _one_of(COLOURS)
    counts_as_solved = _yes()
    needs_follow_up = _yes()
    is_reference = _yes()


class TermSchema(Strict):
    code = _text(30)
    word = _text(40)
    hint = fields.String()
    colour = fields.String(validate=validate.OneOf(COLOURS, error=f"只能是{'、'.join(COLOURS)}。"))
    asks_reason = fields.Boolean()


class CategorySchema(Strict):
    code = _text(10)
    name = _text(30)
    children = fields.Dict(keys=fields.String(), values=_text(30), required=True, error_messages=_asked("编号和名称"))


class PackSchema(Strict):
    """A pack with everything inherited already filled in."""

    code = _text(20)
    name = _text(40)
    level = _one_of(LEVELS)
    legal_note = _text(400)
    words = fields.Dict(keys=fields.String(), values=_text(20), required=True, error_messages=_asked("一组名称"))
    periods = fields.Dict(keys=fields.String(), values=fields.Nested(PeriodSchema), required=True)
    policies = fields.Dict(keys=fields.String(), values=fields.Nested(PolicySchema), required=True)
    limits = fields.Dict(keys=fields.String(), values=fields.Nested(LimitSchema), required=True)
    ladder = fields.Nested(LadderSchema, required=True, error_messages=_asked("提醒安排"))
    numbers = fields.Dict(keys=fields.String(), values=fields.Nested(NumberSchema), required=True)
    grades = fields.List(fields.Nested(GradeSchema), required=True, validate=validate.Length(min=2, error="至少两类。"))
    ratings = fields.List(fields.Nested(TermSchema), required=True, validate=validate.Length(min=2, error="至少两档。"))
    dispositions = fields.List(fields.Nested(TermSchema), required=True)
    grounds = fields.List(fields.Nested(TermSchema), required=True)
    categories = fields.List(fields.Nested(CategorySchema), required=True)

    @validates_schema
    def complete(self, data: Mapping[str, Any], **_: Any) -> None:
        """Every key is there and none is unknown: a missing rule must not surface in the middle of a case."""
        wanted = {"words": WORDS, "periods": PERIODS, "policies": POLICIES, "limits": LIMITS}
        wanted["numbers"] = ("session", "inter_session")
        wrong: dict[str, Any] = {}
        for part, keys in wanted.items():
            missing = {key: ["缺这一项。"] for key in keys if key not in data[part]}
            unknown = {key: ["没有这一项。"] for key in data[part] if key not in keys}
            if missing or unknown:
                wrong[part] = missing | unknown
        if wrong:
            raise ValidationError(wrong)
        _check_periods(data["periods"])
        _check_policies(data["policies"])
        _check_numbers(data["numbers"])
        _check_lists(data)


def _check_periods(periods: Mapping[str, Mapping[str, Any]]) -> None:
    for key, row in periods.items():
        if row["event"] not in PERIODS[key]:
            raise ValidationError({"periods": {key: {"from": [f"只能从{'、'.join(PERIODS[key])}起算。"]}}})
    cap = periods["cap"]
    for key in ("reply", "long_reply"):
        row = periods[key]
        if row["unit"] != cap["unit"] or row["amount"] > cap["amount"]:
            raise ValidationError({"periods": {key: ["不能超过最长办理期限，单位也要相同。"]}})


def _check_policies(policies: Mapping[str, Mapping[str, Any]]) -> None:
    for key, row in policies.items():
        # `1 in {True: …}` holds in Python; a pack that says 1 for yes is still wrong.
        if not any(row["value"] == known and type(row["value"]) is type(known) for known in POLICIES[key]):
            said = "、".join(str(known).lower() for known in POLICIES[key])
            raise ValidationError({"policies": {key: [f"只能是{said}。"]}})


def _check_numbers(numbers: Mapping[str, Mapping[str, str]]) -> None:
    for series, row in numbers.items():
        for form, pattern in row.items():
            rest = PLACEHOLDER.sub("", pattern)
            if "{" in rest or "}" in rest or not re.search(r"\{n(:0[1-9]d)?\}", pattern):
                said = "要含有序号，花括号里只能写n、n:02d、session、term、year。"
                raise ValidationError({"numbers": {series: {form: [said]}}})


def _check_lists(data: Mapping[str, Any]) -> None:
    for part in ("grades", "ratings", "dispositions", "grounds", "categories"):
        codes = [row["code"] for row in data[part]]
        if part == "categories":
            codes += [child for row in data[part] for child in row["children"]]
        if len(set(codes)) < len(codes):
            raise ValidationError({part: ["编号有重复。"]})
    if not any(row["counts_as_solved"] for row in data["grades"]):
        raise ValidationError({"grades": ["至少一类要算作已解决。"]})
    before = data["ladder"]["before"]
    if before != sorted(set(before), reverse=True):
        raise ValidationError({"ladder": {"before": ["天数要从大到小，不重复。"]}})


def check(content: Mapping[str, Any]) -> None:
    """Raise Invalid with one Chinese sentence per fault (`fields` by dotted path) unless `content` is a whole pack."""
    faults = PackSchema().validate(dict(content))
    if faults:
        sentences = dict(_flat(faults))
        first = "；".join(f"{path}：{said.rstrip('。')}" for path, said in list(sentences.items())[:5])
        raise Invalid(f"规则有{len(sentences)}处要改：{first}。", fields=sentences)


def _flat(faults: Any, path: str = "") -> list[tuple[str, str]]:
    if isinstance(faults, Mapping):
        # marshmallow wraps a dict's faults in "key" and "value", and a schema's own in "_schema": not parts of a path.
        return [
            pair
            for key, inner in faults.items()
            for pair in _flat(inner, path if key in ("key", "value", "_schema") else f"{path}.{key}".strip("."))
        ]
    return [(path, "".join(faults) if isinstance(faults, list) else str(faults))]
