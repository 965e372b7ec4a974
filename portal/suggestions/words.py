"""The words of the field that templates use, in one place."""

from collections.abc import Mapping
from typing import Any

from portal.suggestions import letters, record, rules, views
from portal.suggestions.handling_models import ENDED_AS
from portal.suggestions.workflow import SUGGESTION

WORDS: Mapping[str, Any] = {
    "STATES": SUGGESTION.states,
    "CLOSED_AS": rules.CLOSED_AS,
    "CONTACT_WISHES": rules.CONTACT_WISHES,
    "CONTACT_FORMS": rules.CONTACT_FORMS,
    "CONTACT_ANSWERS": rules.CONTACT_ANSWERS,
    "PUBLICITY": rules.PUBLICITY,
    "LEVELS": rules.LEVELS,
    "ROLE_WORDS": rules.ROLE_WORDS,
    "ENDED_AS": ENDED_AS,
    "LAST_STAGE": views.LAST_STAGE,
    "rating_words": record.rating_words,
    "shown": views.shown,
    "letters_of": letters.offered,
}
