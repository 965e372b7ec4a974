"""What the night does for the roster: seats that come back, and what lapses with those that were vacated."""

from datetime import date

from portal.accounts.actor import SYSTEM
from portal.congress import seat_actions


def turn_seats(day: date) -> int:
    """Write down what the day brings; rights follow from the dates alone. Harmless when repeated."""
    return seat_actions.turn(SYSTEM, day)
