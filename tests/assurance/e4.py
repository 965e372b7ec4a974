"""E4: a tracking code has 80 bits at least, is stored as a keyed fingerprint, shows the state only, cannot be guessed,
and stands in no table, file, address or Referer."""

import math
import random
from pathlib import Path
from unittest import mock

from sqlalchemy import select

from portal.core.db import db
from portal.stations import message_rules as rules
from portal.stations.message_models import Message
from tests.assurance.harness import Client, application
from tests.assurance.poster import code_in, fill, leave, look, with_stations

BITS = 80
QUICK, FULL = 5_000, 100_000
TRIES = 10


def entropy() -> float:
    """Bits of one code, if its digits are drawn evenly."""
    return rules.CODE_DIGITS * math.log2(10)


def drawn_evenly(most: int) -> bool:
    """No two codes of different sheets are equal, and every digit falls about as often as any other."""
    codes = [rules.code_of(f"sheet {number}") for number in range(most)]
    counts = [sum(code.count(str(digit)) for code in codes) for digit in range(10)]
    mean = most * rules.CODE_DIGITS / 10
    return len(set(codes)) == most and all(abs(count - mean) < 6 * math.sqrt(mean) for count in counts)


def hits(most: int, seed: int) -> int:
    """How many of so many random guesses name a message, with no limit in the way."""
    known = set(db.session.scalars(select(Message.code_hash)))
    chance = random.Random(seed)  # noqa: S311
    guesses = (f"{chance.randrange(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}d}" for _ in range(most))
    return sum(rules.fingerprint(guess) in known for guess in guesses)


def traces(data: Path, codes: list[str]) -> list[str]:
    """The files of the deployment, its database and logs among them, in which one of the codes stands."""
    wanted = [form.encode() for code in codes for form in (code, code.replace(" ", ""))]
    files = [one for one in data.rglob("*") if one.is_file()]
    return [one.name for one in files if any(form in one.read_bytes() for form in wanted)]


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """Guesses over the wire as far as the limit goes, then without it in this process."""
    most = QUICK if quick else FULL
    with with_stations(engine) as running:
        client = Client(running.url)
        codes = [code_in(leave(client, f"第{number}件事：路灯不亮。")) for number in range(3)]
        shown = look(client, codes[0])
        told = [look(client, f"{number:025d}") for number in range(TRIES + 5)]
        found = traces(running.data, codes)
    over_wire = [answer.status for answer in told] == [422] * TRIES + [429] * 5
    quiet = shown.status == 200 and shown.headers.get("referrer-policy") == "same-origin" and not client.cookies
    with application(engine) as app:
        fill(app)
        got = hits(most, seed)
        even = drawn_evenly(most)
    figure = f"{entropy():.0f} bits, {most} guesses: {got} hits, {TRIES} of {len(told)} tries looked up over the wire"
    figure += f", {len(found)} traces in {running.data.name and 'the data folder'}"
    return figure, entropy() >= BITS and even and got == 0 and over_wire and quiet and not found


def negative_control() -> str:
    """Codes that count up are guessed at once; the first red line."""
    with application("sqlite") as app:
        fill(app)
        with mock.patch.object(rules, "code_of", side_effect=lambda nonce: f"{len(nonce):025d}"):
            even = drawn_evenly(50)
    assert not even, "sequential codes look drawn"
    return "50 sheets share their codes"
