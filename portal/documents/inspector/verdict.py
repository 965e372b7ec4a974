"""The words between the inspector and the portal: reasons to refuse, and the limits."""

WRONG_TYPE = "wrong_type"
ACTIVE = "active"
UNREADABLE = "unreadable"
BOMB = "bomb"
MARKED = "state_mark"

MOST_UNZIPPED_BYTES = 200 * 1024 * 1024
MOST_ENTRIES = 2_000
MOST_RATIO = 50
RATIO_MATTERS_FROM_BYTES = 1024 * 1024
"""Below this a high ratio harms nobody, and small repetitive documents do reach it."""
MOST_PIXELS = 40_000_000
SHOWN_EDGE_PIXELS = 2_000


class Refused(Exception):
    """The file is not kept; `reason` is one of the words above."""

    def __init__(self, reason: str, why: str = ""):
        super().__init__(f"{reason}: {why}")
        self.reason = reason
