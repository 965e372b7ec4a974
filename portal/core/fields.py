"""The one declaration of what a step or a form takes in.

WTForms form and marshmallow schema are both built from it, so that a page and a program are asked the same things
and refused with the same sentences.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Choice = tuple[str, str]
Choices = Sequence[Choice] | Callable[[Any, Any], Sequence[Choice]]

KINDS = (
    *("line", "text", "date", "choice", "choices", "pick", "number", "yes", "file", "files", "secret", "hidden"),
    "rows",
)


@dataclass(frozen=True)
class Field:
    """One input: `most` and `least` count characters (for files and rows: pieces).

    `choices` is a sequence of (value, label), or a function of (actor, item) giving one. Kind `pick` is a choice from
    a long list, typed by its label; kind `rows` is a short table whose columns are `columns`. `missing` is the
    sentence shown when a required field is empty.
    """

    name: str
    label: str
    kind: str = "line"
    required: bool = True
    hint: str = ""
    most: int | None = None
    least: int | None = None
    choices: Choices = ()
    missing: str = ""
    columns: tuple["Field", ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"field {self.name}: unknown kind {self.kind}")

    def choices_for(self, actor: Any, item: Any) -> Sequence[Choice]:
        """The (value, label) pairs that this actor may choose from for this item."""
        return self.choices(actor, item) if callable(self.choices) else self.choices

    @property
    def sentence_when_missing(self) -> str:
        verb = "请选择" if self.kind in ("choice", "choices", "date") else "请填写"
        return self.missing or f"{verb}{self.label}。"
