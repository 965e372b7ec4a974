"""One person at a screen, who reads and presses what the page says: a phone for deputies, a desk for offices."""

import io
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from portal import config
from tests.support.browser import DESK, PHONE
from tests.support.office import PASSWORD

expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong
SHOTS = config.ROOT / "docs" / "shots"
LARGEST_SHOT = 150_000


class Someone:
    """A signed-in person. `open_page` is the fixture of tests/support/browser.py."""

    def __init__(
        self, open_page: Callable[..., Page], url: str, username: str, phone: bool = False,
        scripts: bool = True, **options: object,
    ):  # fmt: skip
        self.url, self.scripts = url, scripts
        self.page = open_page(PHONE if phone else DESK, java_script_enabled=scripts, **options)
        self.go("/sign-in")
        self.page.get_by_label("用户名").fill(username)
        self.page.locator("input[type=password]").fill(PASSWORD)
        self.press("登录")
        expect(self.page).not_to_have_url(url + "/sign-in")

    def go(self, path: str) -> None:
        """Open an address of the portal."""
        self.page.goto(self.url + path)

    def follow(self, words: str, exact: bool = False) -> None:
        """Press the first link of the page's own content that says so."""
        links = self.page.locator("main").get_by_role("link", name=words, exact=exact)
        links.and_(self.page.locator(":visible")).first.click()

    def begin(self, act: str) -> None:
        """Press the link that is called so and nothing else: a step's."""
        self.follow(act, exact=True)

    def press(self, words: str) -> None:
        """Press the button that says so."""
        self.page.get_by_role("button", name=words, exact=True).and_(self.page.locator(":visible")).first.click()

    def write(self, values: Mapping[str, str]) -> None:
        """Fill fields by their names."""
        for name, value in values.items():
            self.page.locator(f"[name='{name}']").fill(value)

    def choose(self, name: str, value: str) -> None:
        """Choose an answer of a list or of a row of answers."""
        field = self.page.locator(f"[name='{name}']")
        if field.first.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            self.page.locator(f"[name='{name}'][value='{value}']").check()

    def reads(self, *words: str) -> None:
        """The page says so."""
        for one in words:
            expect(self.page.locator("main")).to_contain_text(one)

    def reads_not(self, *words: str) -> None:
        """The page says nothing of it."""
        for one in words:
            expect(self.page.locator("main")).not_to_contain_text(one)

    def shoot(self, name: str) -> None:
        """Keep the first glance as docs/shots/<name>.png when PORTAL_SHOTS=1; never of a page without its scripts."""
        if self.scripts and os.environ.get("PORTAL_SHOTS") == "1":
            SHOTS.mkdir(parents=True, exist_ok=True)
            self.page.evaluate("document.activeElement && document.activeElement.blur(); window.scrollTo(0, 0)")
            kept(SHOTS / f"{name}.png", self.page.screenshot(scale="css", animations="disabled"))


def kept(path: Path, picture: bytes) -> None:
    """Write the picture in 256 colours; AssertionError when it is still too large for a repository."""
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    assert path.stat().st_size <= LARGEST_SHOT, f"{path.name}: {path.stat().st_size} bytes"
