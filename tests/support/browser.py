"""A real Chromium against the real gunicorn.

    def test_something(live_server, open_page):
        office = live_server()                       # an empty office; live_server(fill) runs fill(app) first
        page = open_page(PHONE)
        page.goto(office.url + "/sign-in")
"""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright

from portal import config
from portal.core import clock
from tests.support import apps
from tests.support.needs import lacking

PHONE = (390, 844)
DESK = (1440, 900)
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--lang=zh-CN", "--font-render-hinting=none"]
READY_SECONDS = 30


@dataclass
class Office:
    """A running portal: its address, its data folder, its clock."""

    url: str
    data: Path
    process: subprocess.Popen[bytes]
    environment: dict[str, str]

    def set_clock(self, moment: str) -> None:
        """Make it that moment, Asia/Shanghai, for the running portal."""
        Path(self.environment["PORTAL_CLOCK_FILE"]).write_text(moment, encoding="utf-8")

    def flask(self, *words: str) -> str:
        """Run a portal command beside the server, such as flask("nightly"); what it prints."""
        return run_flask(self.environment, *words)


def run_flask(environment: dict[str, str], *words: str) -> str:
    """`flask --app wsgi …` in the given environment; AssertionError with its own words when it refuses."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    done = subprocess.run(command, cwd=config.ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"flask {' '.join(words)}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment_for(data: Path, profile: str, **more: str) -> dict[str, str]:
    """The environment of a portal whose data lie in `data`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTAL_", "DATABASE_"))}
    return {
        **kept,
        "PORTAL_PROFILE": profile,
        "PORTAL_DATA": str(data),
        "PORTAL_SECRET": apps.SECRET,
        "PORTAL_CLOCK_FILE": str(data / "clock.txt"),
        **more,
    }


@contextmanager
def serving(data: Path, profile: str = "test", worker: bool = False, **more: str) -> Iterator[Office]:
    """gunicorn, and the job worker when asked, on a free port until the block ends."""
    port = free_port()
    environment = environment_for(data, profile, PORT=str(port), **more)
    commands = [[sys.executable, "-m", "gunicorn", "-c", "portal/gunicorn.py", "wsgi:app"]]
    if worker:
        commands.append([sys.executable, "-m", "flask", "--app", "wsgi", "work"])
    with (data / "server.log").open("ab") as log:
        running = [subprocess.Popen(c, cwd=config.ROOT, env=environment, stdout=log, stderr=log) for c in commands]
    try:
        office = Office(f"http://127.0.0.1:{port}", data, running[0], environment)
        _wait(office)
        yield office
    finally:
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(office: Office) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            direct.open(office.url + "/healthz", timeout=2).close()
            return
        except OSError:
            if office.process.poll() is not None or time.monotonic() > deadline:
                said = (office.data / "server.log").read_text(errors="replace")[-3000:]
                raise RuntimeError(f"the portal did not start:\n{said}") from None
            time.sleep(0.05)


@pytest.fixture
def live_server(
    tmp_path: Path, sqlite_template: Path, clock_file: Path
) -> Iterator[Callable[..., Office]]:
    """live_server(fill=None, profile="test", worker=False, data=None) starts a portal; all end with the test."""
    opened = []

    def start(
        fill: Callable[[Flask], None] | None = None,
        profile: str = "test",
        worker: bool = False,
        data: Path | None = None,
    ) -> Office:
        if data is None:
            data = tmp_path / f"office{len(opened)}"
            data.mkdir()
            shutil.copyfile(sqlite_template, data / "portal.db")
        if fill is not None:
            fill(apps.build(data, data / "clock.txt", profile=profile))
            clock.obey(str(clock_file))
        manager = serving(data, profile, worker)
        opened.append(manager)
        return manager.__enter__()

    yield start
    for manager in opened:
        manager.__exit__(None, None, None)


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo district, made once for all test processes by the real command."""
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "demo-district"
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            part = shared.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            run_flask(environment_for(part, "demo"), "prepare")
            part.rename(shared)
    return shared


@pytest.fixture
def demo_data(demo_template: Path, tmp_path: Path) -> Path:
    """A copy of the demo district's data folder, for `live_server(data=demo_data, profile="demo")`."""
    return Path(shutil.copytree(demo_template, tmp_path / "demo"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, one per test process."""
    executable = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if executable is None:
        lacking("browser", "这台机器没有 Chromium，浏览器测试没有运行")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """open_page(PHONE) or open_page(DESK, java_script_enabled=False, …): a page with cookies of its own.

    The test fails on uncaught script errors and on anything the content security policy had to block.
    """
    contexts, complaints = [], []

    def opened(size: tuple[int, int] = DESK, **options: Any) -> Page:
        phone = size[0] < 600
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="zh-CN", timezone_id="Asia/Shanghai",
            has_touch=phone, is_mobile=phone, device_scale_factor=2 if phone else 1, **options,
        )  # fmt: skip
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints, complaints
