"""The one blueprint of the messages; its pages are spread over files that import it."""

from flask import Blueprint

blueprint = Blueprint("messages", __name__)
