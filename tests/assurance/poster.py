"""What the rows about messages of the public share: an office with a station, and somebody without an account."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlencode

from flask import Flask

from portal.stations import message_rules as rules
from tests.assurance.harness import Answer, Client, hidden_fields, office
from tests.matters.living import stand_with_stations
from tests.support.browser import Office

SHEET, TRACK = "/stations/qinghe/message", "/track"
CODE = re.compile(r"<bdi>([\d ]+)</bdi>")
QUESTION = re.compile(rf"([{rules.NUMERALS}])加([{rules.NUMERALS}])等于几")


def fill(app: Flask) -> None:
    """Two stations and their staff."""
    with app.app_context():
        stand_with_stations()


@contextmanager
def with_stations(engine: str) -> Iterator[Office]:
    """The real stack with a station that takes messages."""
    with office(engine, fill=fill) as running:
        yield running


def sheet(client: Client, path: str = SHEET) -> dict[str, str]:
    """The hidden fields of a fresh sheet."""
    return hidden_fields(client.get(path).text, path)


def leave(client: Client, text: str, headers: Mapping[str, str] | None = None, **more: str) -> Answer:
    """One message on a fresh sheet."""
    fields = {**sheet(client), "text": text, **more}
    return client.send("POST", SHEET, urlencode(fields).encode(), headers)


def answered(client: Client, refused: Answer, text: str) -> Answer:
    """The refused sheet sent again with its plain question answered."""
    asked = QUESTION.search(refused.text)
    assert asked, "the refusal asks no question"
    answer = str(sum(rules.NUMERALS.index(one) for one in asked.groups()))
    fields = {**hidden_fields(refused.text, SHEET), "text": text, "answer": answer}
    return client.send("POST", SHEET, urlencode(fields).encode())


def look(client: Client, code: str, headers: Mapping[str, str] | None = None) -> Answer:
    """One try of a tracking code on a fresh sheet."""
    fields = {**sheet(client, TRACK), "code": code}
    return client.send("POST", TRACK, urlencode(fields).encode(), headers)


def code_in(answer: Answer) -> str:
    """The tracking code that the page of a message just left shows."""
    found = CODE.search(answer.text)
    assert found, f"no code in an answer of {answer.status}"
    return found.group(1)
