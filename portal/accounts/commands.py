"""`flask access`: every route, its methods, who may enter, what kind of object it opens."""

from collections.abc import Iterator

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from portal.web.access import declared


def access_table(app: Flask) -> Iterator[tuple[str, str, str, str]]:
    """(address, methods, who may enter, object) of every route, by address."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.rule, sorted(one.methods or ()))):
        found = declared(app, rule)
        methods = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        of = (found.of if found else "") or (rule.endpoint.split(".")[0] if rule.arguments else "-")
        yield rule.rule, methods, found.said if found else "UNDECLARED", of


@click.command("access", help="列出每个地址、方法、谁能进、打开的是什么。")
@with_appcontext
def print_access() -> None:
    """Print the table; tests/rules/routes.lock holds the same lines."""
    for line in access_table(current_app):
        click.echo("\t".join(line))


COMMANDS = (print_access,)
