"""`flask work` as a process: does jobs, obeys SIGTERM, does not outlive the process that started it."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from portal import config
from portal.core.db import writing_transaction
from portal.jobs import queries
from portal.jobs.actions import enqueue
from tests.support import apps
from tests.support.browser import environment_for

PATIENCE_SECONDS = 20
WORK = [sys.executable, "-m", "flask", "--app", "wsgi", "work"]


@pytest.fixture
def place(tmp_path, sqlite_template):
    data = tmp_path / "office"
    data.mkdir()
    shutil.copyfile(sqlite_template, data / "portal.db")
    return data


def wait_until(true):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    with open(f"/proc/{pid}/stat") as file:
        return file.read().split()[2] == "Z"


@pytest.fixture
def app(place, clock_file):
    return apps.build(place, clock_file)


def settled(app, waiting):
    """Whether the worker has shown itself and only so many jobs are left."""
    with app.app_context():
        return queries.worker_alive() and queries.load().waiting == waiting


def test_works_and_obeys(app, place):
    with app.app_context(), writing_transaction():
        enqueue("nobody handles this", {})
        enqueue("notify", {"persons": []})
    process = subprocess.Popen(WORK, cwd=config.ROOT, env=environment_for(place, "test"))
    try:
        wait_until(lambda: settled(app, 1))
    finally:
        process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=PATIENCE_SECONDS) == 0


def test_ends_with_its_parent(app, place):
    starter = f"import subprocess, time; print(subprocess.Popen({WORK!r}).pid, flush=True); time.sleep(60)"
    parent = subprocess.Popen(
        [sys.executable, "-c", starter], cwd=config.ROOT, env=environment_for(place, "test"), stdout=subprocess.PIPE
    )
    worker = int(parent.stdout.readline())
    try:
        wait_until(lambda: settled(app, 0))
        parent.kill()
        parent.wait()
        parent.stdout.close()
        wait_until(lambda: gone(worker))
    finally:
        if not gone(worker):
            os.kill(worker, signal.SIGKILL)
