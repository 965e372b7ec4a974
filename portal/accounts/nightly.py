"""What the night does for sign-in: sessions, tries and slips whose time is over are forgotten."""

from datetime import date

from portal.accounts import signing_in
from portal.core import clock


def forget_expired(_day: date) -> int:
    """Delete what has expired by the machine's clock; how many rows. Harmless when repeated."""
    return signing_in.forget_expired(clock.real())
