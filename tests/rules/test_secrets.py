"""No secrets in the tree nor anywhere in its history (K2). Three planted ones are found."""

import math
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.sources import ROOT

SHAPES = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "cloud key": re.compile(r"\b(?:AKIA|ASIA|LTAI|AKID)[0-9A-Za-z]{12,20}\b"),
    "repository token": re.compile(r"\b(?:gh[pousr]_|github_pat_|glpat-|pypi-|xox[abp]-|sk-)[0-9A-Za-z_-]{20,}"),
    "web token": re.compile(r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\."),
    "address with a password": re.compile(r"\b[a-z+]+://[^\s:/@\"'{}<>]+:([^\s@\"'{}<>]{6,})@"),
}
NAMED = re.compile(
    r"(?i)\b[a-z_]*(?:secret|passwd|password|api_?key|token|private_?key)[a-z_]*[\"']?"
    r"\s*[:=]\s*[\"']([^\"'\s]{12,})[\"']"
)
# Random text of the usual alphabets carries more than this many bits a character; words and sentences less.
RANDOM_BITS = 3.6
MIXED = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])")
# The demo password is public on purpose and refused outside the demo profile.
KNOWN = frozenset({"Demo-2026-portal"})
LARGEST = 2_000_000


def secrets_in(text: str) -> Iterator[str]:
    """What looks like a secret, by kind; never the secret itself."""
    for kind, shape in SHAPES.items():
        for found in shape.finditer(text):
            if not (found.groups() and found.group(1) in KNOWN):
                yield kind
    for found in NAMED.finditer(text):
        value = found.group(1)
        if value not in KNOWN and MIXED.match(value) and _bits(value) > RANDOM_BITS and "{" not in value:
            yield "named secret"


def _bits(text: str) -> float:
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())


def git(folder: Path, *words: str, stdin: bytes | None = None) -> bytes:
    return subprocess.run(["git", *words], cwd=folder, input=stdin, capture_output=True, check=True).stdout


def blobs(folder: Path) -> Iterator[tuple[str, str]]:
    """(path, text) of every text that was ever committed on any branch."""
    listed = [line.partition(" ") for line in git(folder, "rev-list", "--objects", "--all").decode().splitlines()]
    paths = {name: path for name, _, path in listed if path}
    answer = git(folder, "cat-file", "--batch", stdin="\n".join(paths).encode())
    at = 0
    while at < len(answer):
        end = answer.index(b"\n", at)
        name, kind, size = answer[at:end].decode().split()
        body = answer[end + 1 : end + 1 + int(size)]
        at = end + 2 + int(size)
        if kind == "blob" and len(body) < LARGEST and b"\0" not in body[:1000]:
            yield paths[name], body.decode(errors="replace")


def scan_tree(folder: Path) -> Iterator[str]:
    for name in git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard").decode().split("\0"):
        path = folder / name
        if name and path.is_file() and path.stat().st_size < LARGEST:
            body = path.read_bytes()
            if b"\0" not in body[:1000]:
                yield from (f"{name}: {kind}" for kind in secrets_in(body.decode(errors="replace")))


def scan_history(folder: Path) -> Iterator[str]:
    for path, text in blobs(folder):
        yield from (f"{path} (history): {kind}" for kind in secrets_in(text))


@pytest.fixture
def repository() -> Path:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("这份代码不带 git 历史，没有查历史里的密钥")
    return ROOT


def test_no_secret_in_the_tree(repository: Path) -> None:
    assert not list(scan_tree(repository))


def test_no_secret_in_the_history(repository: Path) -> None:
    assert not sorted(set(scan_history(repository)))


# Put together here, so that this file is clean itself.
PLANTED = {
    "key.pem": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIE…",
    "cloud.toml": "id = AKIA" + "IOSFODNN7EXAMPLE",
    "settings.py": 'SECRET_KEY = "' + "q7Zr2Vx9LmB4tYw8KpN3sDfG" + '"',
}


@pytest.mark.parametrize("text", PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_secret_is_found(text: str) -> None:
    assert list(secrets_in(text))


def test_a_secret_deleted_later_is_found_in_the_history(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false")
    for name, text in PLANTED.items():
        (tmp_path / name).write_text(text)
    git(tmp_path, "add", ".")
    git(tmp_path, *identity, "commit", "-qm", "one")
    assert len(list(scan_tree(tmp_path))) == len(PLANTED)
    git(tmp_path, "rm", "-q", *PLANTED)
    git(tmp_path, *identity, "commit", "-qm", "two", "--allow-empty")
    assert not list(scan_tree(tmp_path))
    assert len(list(scan_history(tmp_path))) == len(PLANTED)


def test_plain_words_are_no_secret() -> None:
    assert not list(secrets_in('password = "Demo-2026-portal"\ntoken = "expected_version"\nsecret: str = ""'))
