"""C4: a stored file is only ever a sandboxed download under a safe name, asked for anew each time; 0 faults."""

import random
import re
from collections.abc import Iterator
from unittest import mock
from urllib.parse import unquote

from portal.web import downloads
from tests.assurance.asking import Answer, Ask, in_process, over_wire
from tests.assurance.small_office import CONTENT, Office, office
from tests.documents.names import names
from tests.support.browser import serving

QUICK = 60
ALLOWED = {
    "connection", "date", "server", "content-type", "content-length", "content-disposition", "content-security-policy",
    "cache-control", "x-download-options", "x-content-type-options", "strict-transport-security", "referrer-policy",
    "permissions-policy", "cross-origin-opener-policy", "cross-origin-resource-policy", "x-frame-options", "vary",
    "x-request-id",
}  # fmt: skip
DISPOSITION = re.compile(r"""attachment; filename="[ !#-\[\]-~]+"; filename\*=UTF-8''[A-Za-z0-9%_.~-]+""")
TROUBLE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]')


def storable(wanted: list[str]) -> list[str]:
    """The names that a database column can hold at all."""
    plain = [name.encode("utf-8", "ignore").decode().replace("\0", "")[:200] for name in wanted]
    return list(dict.fromkeys(plain))


def faults(made: Office, ask: Ask, wanted: list[str]) -> Iterator[str]:
    """Everything that is wrong, one line each."""
    reader, stranger = made.cookie("deputy"), made.cookie("stranger")
    documents = made.attach(wanted)
    for name, document in zip(wanted, documents, strict=True):
        path = f"/suggestions/{made.suggestion}/files/{document}"
        for address in (path, f"{path}?inline=1"):
            yield from (f"{ascii(name)}: {fault}" for fault in _download_faults(ask("GET", address, reader)))
        if (refused := ask("GET", path, stranger).status) != 404:
            yield f"{ascii(name)}: a stranger got {refused}"
        if (outside := ask("GET", path)).status not in (302, 303) or CONTENT in outside.body:
            yield f"{ascii(name)}: nobody got {outside.status}"
    yield from _guesses(made, ask, documents[0], reader)


def _download_faults(answer: Answer) -> Iterator[str]:
    if answer.status != 200 or answer.body != CONTENT:
        yield f"answered {answer.status}"
        return
    if extra := {name.lower() for name, _ in answer.headers} - ALLOWED:
        yield f"unexpected headers {sorted(extra)}"
    if doubled := [name for name in ALLOWED if len(answer.all(name)) > 1]:
        yield f"doubled headers {sorted(doubled)}"
    if not DISPOSITION.fullmatch(answer.get("Content-Disposition")):
        yield f"disposition {answer.get('Content-Disposition')!a}"
    elif TROUBLE.search(unquote(answer.get("Content-Disposition").rpartition("''")[2])):
        yield "a name that does harm"
    if answer.get("Content-Type") != "application/pdf":
        yield f"type {answer.get('Content-Type')}"
    if "sandbox" not in answer.get("Content-Security-Policy") or answer.get("X-Content-Type-Options") != "nosniff":
        yield "not sandboxed"
    if "no-store" not in answer.get("Cache-Control"):
        yield "may be kept"


def _guesses(made: Office, ask: Ask, document: str, reader: dict[str, str]) -> Iterator[str]:
    kept = [path.relative_to(made.data).as_posix() for path in made.data.rglob("*") if path.is_file()]
    steps = (
        "/",
        "/files/",
        "/static/",
        "/assets/",
        "/var/",
        "/assets/../",
        "/assets/%2e%2e/%2e%2e/var/",
        "/static/..%2f",
    )
    guesses = [step + path for step in steps for path in kept if "server.log" not in path][:120]
    guesses += [f"/documents/{document}", f"/files/{document}", "/files/", "/assets/", "/suggestions/files/" + document]
    guesses += [f"/suggestions/{'A' * 22}/files/{document}", f"/suggestions/{made.suggestion}/files/{'A' * 22}"]
    for path in guesses:
        answer = ask("GET", path, reader)
        if answer.status not in (400, 404) or CONTENT in answer.body:
            yield f"{path} answered {answer.status}"


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    """Over the wire against the real server."""
    wanted = storable(names())
    if quick:
        wanted = random.Random(seed).sample(wanted, QUICK)
    with office(engine) as made, serving(made.data, DATABASE_URL=made.database_url) as running:
        found = list(faults(made, over_wire(running.url), wanted))
    return f"{len(wanted)} names, {len(found)} faults" + (f"; first: {found[0]}" if found else ""), not found


def negative_control() -> str:
    """The name put into the header as it is must be noticed; the first red line."""
    careless = mock.patch.object(
        downloads, "disposition", lambda name, _: f"attachment; filename={name.splitlines()[:1]}"
    )
    with office("sqlite") as made, careless:
        for line in faults(made, in_process(made.app), ["建议.pdf"]):
            return line
    raise AssertionError("C4 stayed green with names sent as they were given")
