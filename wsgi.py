"""gunicorn's and flask's only door."""

from portal import create_app

app = create_app()
