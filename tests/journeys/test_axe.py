"""axe on every page that a link leads to, for each kind of person of the demo district: nothing to complain about.

One page per address pattern, for the first person who comes to it: the rest would see the same template. The first
pages of deputy and clerk also in dark and in large type.
"""

import re
import shutil
from collections import Counter, deque
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.people import Someone
from tests.support.browser import DESK, Office, serving
from tests.support.html import Page as HtmlPage

PHONES = ("deputy01",)
DESKS = (
    "clerk", "delegation1", "govoffice", "housing", "housing-signer", "housing-section1", "leader1", "member01",
    "committee-urban", "station01", "system", "security", "auditor",
)  # fmt: skip
OPAQUE = re.compile(r"/[A-Za-z0-9_-]{22}(?=/|$)|/\d+(?=/|$)")
PAGES_AT_MOST = 100
PEOPLE_AT_MOST = 1
OPTIONS = {"bypass_csp": True, "reduced_motion": "reduce"}  # axe is injected; colours must not be on their way
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture(scope="module")
def district(demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The demo district, running."""
    data = Path(shutil.copytree(demo_template, tmp_path_factory.mktemp("axe") / "demo"))
    with serving(data, profile="demo") as office:
        yield office


def complaints(page: Page) -> list[str]:
    """What axe finds on the page at hand: rule, how many places, the first of them."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']} ×{len(one['nodes'])}: {one['nodes'][0]['html'][:160]}" for one in found]


@pytest.fixture(scope="module")
def looked_at() -> Counter[str]:
    """How many people looked at each address pattern."""
    return Counter()


def pattern_of(path: str) -> str:
    """/suggestions/…/edit."""
    return OPAQUE.sub("/…", urlsplit(path).path)


def walk(page: Page, url: str, looked_at: Counter[str], start: str = "/home") -> Iterator[str]:
    """Every page that a link leads to, one per address pattern; `page` stands on it. Downloads are passed over."""
    waiting, seen = deque([start]), {start}
    while waiting and len(seen) <= PAGES_AT_MOST:
        path = waiting.popleft()
        answer = page.request.get(url + path)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        looked_at[pattern_of(path)] += 1
        if looked_at[pattern_of(path)] <= PEOPLE_AT_MOST:
            page.goto(url + path)
            yield path
        for link in HtmlPage(answer.text()).links:
            target = urldefrag(urljoin(path, link)).url
            pattern = pattern_of(target)
            if target.startswith("/") and not target.startswith("//") and pattern not in seen:
                seen.add(pattern)
                waiting.append(target)


@pytest.mark.parametrize("username", [*PHONES, *DESKS])
def test_no_page_hinders_anybody(
    district: Office, open_page: Callable[..., Page], looked_at: Counter[str], username: str
) -> None:
    someone = Someone(open_page, district.url, username, phone=username in PHONES, **OPTIONS)
    found = {path: said for path in walk(someone.page, district.url, looked_at) if (said := complaints(someone.page))}
    assert not found, "\n".join(f"{path}: {one}" for path, said in found.items() for one in said)


@pytest.mark.parametrize("look", ["dark", "large"])
@pytest.mark.parametrize("username", ["deputy01", "clerk"])
def test_dark_and_large_hinder_nobody(
    district: Office, open_page: Callable[..., Page], username: str, look: str
) -> None:
    someone = Someone(open_page, district.url, username, phone=username in PHONES, **OPTIONS)
    name = {"dark": "data-bs-theme", "large": "data-type"}[look]
    found = []
    for path in ("/home", "/suggestions", "/me"):
        someone.go(path)
        someone.page.evaluate("([name, value]) => document.documentElement.setAttribute(name, value)", [name, look])
        found += [f"{path}: {one}" for one in complaints(someone.page)]
        assert someone.page.evaluate("document.documentElement.scrollWidth") <= someone.page.viewport_size["width"]
    assert not found, "\n".join(found)


def test_a_planted_fault_is_found(open_page: Callable[..., Page]) -> None:
    page = open_page(DESK, bypass_csp=True)
    page.set_content("<html lang='zh-CN'><title>页</title><main><h1>页</h1><img src='x.png'></main></html>")
    assert any(one.startswith("image-alt") for one in complaints(page))
