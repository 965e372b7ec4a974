"""The one blueprint of this domain; its routes stand in three files by who comes: anybody, oneself, the office."""

from flask import Blueprint

blueprint = Blueprint("accounts", __name__)
