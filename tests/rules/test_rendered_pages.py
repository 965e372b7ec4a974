"""Every page of the demo district that a link leads to, as each kind of person: sound, in Chinese, with no dead link.

What makes a page sound stands in tests/support/html.py; the client checks it on every fetch.
"""

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.rules.test_templates import ALLOWED
from tests.support import apps
from tests.support.crawl import crawl
from tests.support.html import Element, Page

PEOPLE = ("", "deputy01", "clerk", "delegation1", "govoffice", "housing", "housing-signer", "leader1", "member01",
          "committee-urban", "station01", "township1", "system", "security", "auditor")  # fmt: skip
LATIN = re.compile(r"[A-Za-z]+")
# Text that people or machines wrote: account names, addresses, codes, file names.
QUOTED = frozenset({"code", "kbd", "samp", "script", "style", "template", "bdi"})


def latin_words(page: Page) -> set[str]:
    """Latin words that a reader of the page meets, outside the allow-list and outside quotations."""
    return {word for text in _spoken(page.root) for word in LATIN.findall(text) if word not in ALLOWED}


def _spoken(element: Element) -> list[str]:
    if element.tag in QUOTED:
        return []
    texts = [element.attrs.get(name, "") for name in ("alt", "title", "placeholder", "aria-label")]
    for child in element.children:
        texts += [child] if isinstance(child, str) else _spoken(child)
    return texts


@pytest.fixture
def demo_app(demo_data: Path, clock_file: Path) -> Flask:
    """The demo district in process."""
    return apps.build(demo_data, clock_file, profile="demo")


@pytest.mark.parametrize("username", PEOPLE)
def test_all_pages_are_sound_and_chinese(demo_app: Flask, username: str) -> None:
    client = demo_app.test_client()
    if username:
        client.sign_in(username)
    foreign = {path: words for path, page in crawl(demo_app, client) if (words := latin_words(page))}
    assert not foreign


def test_a_planted_word_is_found() -> None:
    assert latin_words(Page("<p>保存 Save</p>")) == {"Save"}
    assert latin_words(Page('<input placeholder="Name">')) == {"Name"}
    assert not latin_words(Page('<p class="note">PDF 文件 <code>deputy01</code></p>'))
