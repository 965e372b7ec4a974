"""Has a file looked into by a confined process of its own, and turns its verdict into a refusal or facts."""

import json
import logging
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from portal.core.errors import Unavailable
from portal.documents.inspector import verdict
from portal.documents.rules import KINDS, PICTURE, Kind, agrees, claimed_family, has_secret_mark, refusal

__all__ = ["Facts", "has_secret_mark", "inspect"]

log = logging.getLogger("portal.documents")

INSPECTOR = Path(__file__).parent / "inspector"
SECONDS_ALLOWED = 15
PICTURE_QUEUE_SECONDS = 20
_OUT_OF_LIMITS = (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGXFSZ)

# A photograph of 40 million pixels needs some 300 MB while it is made smaller: one at a time.
_one_picture = threading.Lock()


@dataclass(frozen=True)
class Facts:
    """What a sound file is. `shown` is the open copy of a photograph (JPEG, `width` × `height` pixels), else None."""

    kind: Kind
    shown: BinaryIO | None = None
    width: int | None = None
    height: int | None = None


def inspect(file: BinaryIO, name: str, sound: bool = False) -> Facts:
    """Look into `file` (a real file, read from its start). Its name only says what the sender believes it to be.
    With `sound` a voice recording is welcome too.

    Raises Invalid, WrongType (messages 33–37) or Unavailable when other photographs take too long.
    """
    family = claimed_family(name, sound)
    file.seek(0)
    shown = tempfile.TemporaryFile()
    try:
        said = _one_by_one(file, shown) if family == PICTURE else _ask(file, shown, family)
        if "refused" in said:
            raise refusal(said["refused"])
        kind = KINDS[said["kind"]]
        if not agrees(name, kind):
            raise refusal(verdict.WRONG_TYPE)
    except BaseException:
        shown.close()
        raise
    if family != PICTURE:
        shown.close()
        return Facts(kind)
    shown.seek(0)
    return Facts(kind, shown, said["width"], said["height"])


def _one_by_one(file: BinaryIO, shown: BinaryIO) -> dict:
    if not _one_picture.acquire(timeout=PICTURE_QUEUE_SECONDS):
        raise Unavailable()
    try:
        return _ask(file, shown, PICTURE)
    finally:
        _one_picture.release()


def _ask(file: BinaryIO, shown: BinaryIO, family: str) -> dict:
    command = [sys.executable, "-I", str(INSPECTOR), family, str(shown.fileno())]
    try:
        done = subprocess.run(  # noqa: S603 - our own program; nothing of the request is in the command
            command,
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(shown.fileno(),),
            env={},
            cwd="/",
            timeout=SECONDS_ALLOWED,
        )
    except subprocess.TimeoutExpired:
        return {"refused": verdict.BOMB}
    if done.returncode == 0:
        return json.loads(done.stdout)
    log.warning("inspector ended with %s", done.returncode)
    return {"refused": verdict.BOMB if done.returncode in _OUT_OF_LIMITS else verdict.UNREADABLE}
