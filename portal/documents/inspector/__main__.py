"""The inspector's process: `python -I portal/documents/inspector paper|picture|sound <descriptor>`.

The file comes on standard input, the verdict leaves as JSON on standard output, the copy of a photograph to show is
written to the inherited descriptor.
"""

import ctypes
import json
import os
import resource
import sys
from pathlib import Path

CPU_SECONDS = 5
MEMORY_BYTES = 1024 * 1024 * 1024
WRITTEN_BYTES = 21 * 1024 * 1024
NEW_USER_AND_NETWORK = 0x10000000 | 0x40000000

for limit, most in (
    (resource.RLIMIT_CPU, CPU_SECONDS),
    (resource.RLIMIT_AS, MEMORY_BYTES),
    (resource.RLIMIT_FSIZE, WRITTEN_BYTES),
    (resource.RLIMIT_CORE, 0),
):
    resource.setrlimit(limit, (most, most))
# A network of its own has nobody in it. Where the system forbids this, the limits above still hold.
if sys.platform == "linux":
    ctypes.CDLL(None).unshare(NEW_USER_AND_NETWORK)

# The parsers are loaded only now that the process is confined, and Pillow only where it is needed.
sys.path[0] = str(Path(__file__).resolve().parent.parent)
from inspector.verdict import BOMB, Refused  # noqa: E402

if sys.argv[1] == "picture":
    from inspector.images import inspect_picture as inspect
elif sys.argv[1] == "sound":
    from inspector.sounds import inspect_sound as inspect
else:
    from inspector.papers import inspect_paper as inspect

with open(0, "rb") as given, os.fdopen(int(sys.argv[2]), "wb") as shown:
    try:
        said = inspect(given.read(), shown)
    except Refused as refusal:
        said = {"refused": refusal.reason}
    except (MemoryError, RecursionError):
        said = {"refused": BOMB}
sys.stdout.write(json.dumps(said))
