"""Pages of the matter: the desk, the page of one, its steps."""

from flask import Blueprint

from portal.matters import actions as actions

blueprint = Blueprint("matters", __name__)
