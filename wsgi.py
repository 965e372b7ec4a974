"""gunicorn's and flask's only door."""

import os

# The phrase tables take half a second to load and hold no names.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")

from portal import create_app  # noqa: E402

app = create_app()
