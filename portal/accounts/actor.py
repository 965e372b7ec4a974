"""Who is acting, and in which capacity. Passed to every action and query; nothing else knows about sign-in."""

from dataclasses import dataclass

from portal.accounts.permissions import ROLE_LABELS, may


@dataclass(frozen=True)
class Actor:
    """One person acting in one capacity (an appointment); everything a rule may ask is a plain value here.

    `on_behalf_of` names the person whose capacity is lent for a period (AB 角). `seat_active` is false while the
    capacity rests; `term_over` says that its time is over and only reading is left.
    """

    person_id: int | None
    name: str
    role: str
    capacity_id: int | None = None
    body_id: int | None = None
    body_kind: str = ""
    body_name: str = ""
    congress_id: int | None = None
    unit_id: int | None = None
    seat_active: bool = True
    term_over: bool = False
    on_behalf_of: str = ""

    def may(self, permission: str) -> bool:
        return may(self.role, permission)

    def is_a(self, *roles: str) -> bool:
        return self.role in roles

    @property
    def label(self) -> str:
        """How the capacity is called: 区住建局 承办单位经办人."""
        role = ROLE_LABELS.get(self.role, self.role)
        return f"{self.body_name}　{role}" if self.body_name else role


SYSTEM = Actor(person_id=None, name="平台", role="system")
ANYBODY = Actor(person_id=None, name="", role="anybody")
