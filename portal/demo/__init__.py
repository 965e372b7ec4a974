"""The demonstration district 示范区: invented people who live through two years of real acts, the same every time.

load(now) fills an empty database; `flask demo` does it by hand and prints the accounts.
"""

from portal.demo.loading import load

__all__ = ["load"]
