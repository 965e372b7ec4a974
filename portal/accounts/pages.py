"""Faces of accounts: signing in and out, the own account, the office's accounts."""

from portal.accounts import appointment_pages, me_pages, office_pages, sign_in_pages
from portal.accounts.blueprint import blueprint

__all__ = ["appointment_pages", "blueprint", "me_pages", "office_pages", "sign_in_pages"]
