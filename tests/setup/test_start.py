"""start.py: what it says when something is missing, and that nothing stays behind when it ends."""

import ast
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import start
from tests.rules.sources import ROOT

SLEEPER = "import time; time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
CRASHER = "import sys, time; time.sleep(0.5); sys.exit(7)"
DRIVER = """
import signal, sys, start
start.STOP_SECONDS = 1
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the suite itself may have been begun by nohup
children = [[sys.executable, "-c", code] for code in sys.argv[1:]]
sys.exit(start.supervise(children, lambda over: print("up", flush=True)))
"""


class Run:
    """A running supervisor with its children's process ids."""

    def __init__(self, *children: str):
        self.process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, *children], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == "up"
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        self.children = [int(number) for number in listed.split()]
        assert len(self.children) == len(children)

    def all_gone(self) -> bool:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if not any(alive(pid) for pid in self.children):
                return True
            time.sleep(0.05)
        return False


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.fixture
def run() -> Iterator[object]:
    running: list[Run] = []

    def begin(*children: str) -> Run:
        running.append(Run(*children))
        return running[-1]

    yield begin
    for one in running:
        one.process.kill()
        one.process.wait()
        for pid in one.children:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)


linux = pytest.mark.skipif(sys.platform != "linux", reason="进程的看护只在 Linux 上测试")


@linux
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_both_in_order(run, number: signal.Signals) -> None:
    office = run(SLEEPER, SLEEPER)
    office.process.send_signal(number)
    assert office.process.wait(timeout=20) == 0
    assert office.all_gone()


@linux
def test_one_that_will_not_stop_is_killed(run) -> None:
    office = run(STUBBORN, SLEEPER)
    time.sleep(0.3)
    office.process.terminate()
    assert office.process.wait(timeout=5) == 0
    assert office.all_gone()


@linux
def test_a_crash_ends_the_other_and_keeps_the_exit_code(run) -> None:
    office = run(SLEEPER, CRASHER)
    assert office.process.wait(timeout=5) == 7
    assert office.all_gone()


@linux
def test_killing_the_script_leaves_nobody(run) -> None:
    office = run(SLEEPER, SLEEPER)
    office.process.kill()
    assert office.all_gone()


def test_an_old_python_can_read_the_script() -> None:
    ast.parse((ROOT / "start.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_an_old_python_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start.sys, "version_info", (3, 9, 2))
    with pytest.raises(start.Trouble, match="3.11 或更新"):
        start.check_python()


def test_a_missing_venv_module_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(start, "usable_venv", lambda: False)
    with pytest.raises(start.Trouble, match="python3-venv"):
        start.check_python()


def test_a_taken_port_is_named_and_another_offered() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(start.Trouble, match=f"端口 {port} 已经被"):
            start.check_port(port)
    start.check_port(port)


@pytest.mark.parametrize("text", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(start.Trouble, match="PORT"):
        start.wanted_port()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("WARNING: Retrying … NewConnectionError: Temporary failure in name resolution", "连不上软件源"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "校验值不一致"),
        ("OSError: [Errno 28] No space left on device", "磁盘空间不够"),
        ("ERROR: something else", "something else"),
    ],
)
def test_what_pip_complains_of_is_said_in_plain_words(monkeypatch: pytest.MonkeyPatch, said: str, told: str) -> None:
    monkeypatch.setattr(start.subprocess, "run", lambda *a, **k: SimpleNamespace(returncode=1, stdout=said))
    with pytest.raises(start.Trouble, match=told):
        start.pip("install", "x")


def test_a_changed_lock_is_installed_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    locks = {"run": tmp_path / "requirements.txt", "test": tmp_path / "tests/requirements.txt"}
    for lock in locks.values():
        lock.write_text("a==1")
    asked: list[str] = []
    monkeypatch.setattr(start, "LOCKS", locks)
    monkeypatch.setattr(start, "VENV", tmp_path)
    monkeypatch.setattr(start, "usable_venv", lambda: True)
    monkeypatch.setattr(start, "pip", lambda *words: asked.append(words[3]))
    start.install("run")
    start.install("run")
    assert asked == [str(locks["run"])]
    locks["run"].write_text("a==2")
    start.install("run")
    start.install("test")
    start.install("run")
    assert asked == [str(locks["run"])] * 2 + [str(locks["test"])]


def test_safety_figures_take_their_options(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr(start, "install", lambda kind: None)
    monkeypatch.setattr(
        start.subprocess, "run", lambda command, **_: commands.append(command) or SimpleNamespace(returncode=0)
    )
    assert start.assure(["ID=A2", "ENGINE=pg", "QUICK=1"]) == 0
    assert commands[0][-6:] == ["tests.assurance", "--id", "A2", "--engine", "pg", "--quick"]
    with pytest.raises(start.Trouble, match="不认识"):
        start.assure(["WHAT=1"])
