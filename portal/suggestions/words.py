"""The words of the field that templates use, in one place."""

from collections.abc import Mapping
from typing import Any

from portal.core import clock
from portal.suggestions import queries, rules, views
from portal.suggestions.workflow import SUGGESTION


def chip_of(line: queries.Line) -> views.Chip | None:
    """The light of one list row, by the ladder of the pack the list's congress uses."""
    if line.due is None:
        return None
    return views.due_chip(line.due, line.provisional, clock.today(), views.ladder_of(line))


WORDS: Mapping[str, Any] = {
    "STATES": SUGGESTION.states,
    "CLOSED_AS": rules.CLOSED_AS,
    "CONTACT_WISHES": rules.CONTACT_WISHES,
    "CONTACT_FORMS": rules.CONTACT_FORMS,
    "CONTACT_ANSWERS": rules.CONTACT_ANSWERS,
    "PUBLICITY": rules.PUBLICITY,
    "ROLE_WORDS": rules.ROLE_WORDS,
    "grade_of": views.grade_words,
    "rating_words": views.rating_words,
    "chip_of": chip_of,
}
