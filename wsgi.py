"""gunicorn's and flask's only door."""

import os
import sys

# The phrase tables take half a second to load and hold no names.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")

from portal import create_app  # noqa: E402
from portal.core.errors import Misconfigured  # noqa: E402

GIVE_UP = 3  # tells gunicorn not to try again

try:
    app = create_app()
except Misconfigured as reason:
    print(reason, file=sys.stderr)
    sys.exit(GIVE_UP)
