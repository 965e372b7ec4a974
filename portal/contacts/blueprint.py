"""The one blueprint of the domain; its pages are spread over files that import it."""

from flask import Blueprint

blueprint = Blueprint("contacts", __name__)
