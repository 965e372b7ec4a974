"""OFD, the national layout format (GB/T 33190): a zip of XML with OFD.xml at its root."""

from .archive import Archive
from .markup import Wording, read
from .verdict import ACTIVE, UNREADABLE, WRONG_TYPE, Refused

ROOT = "ofd.xml"
_SCRIPTS = (".js", ".exe", ".dll", ".bat", ".cmd", ".vbs", ".hta", ".html", ".htm", ".lnk", ".jar", ".docm", ".xlsm")


def inspect_ofd(archive: Archive) -> str:
    """ "ofd"; raises Refused otherwise. Seals (Signs/) and data attachments such as an invoice's XML may stay."""
    seen: list[tuple[str, dict[str, str]]] = []
    read(archive.chunks(ROOT), lambda tag, attributes: seen.append((tag, attributes)), None, None)
    tag, attributes = seen[0]
    if tag != "OFD" or not any("ofdspec.org" in value for value in attributes.values()):
        raise Refused(WRONG_TYPE, "no OFD root")
    if not any(tag == "DocBody" for tag, _ in seen):
        raise Refused(UNREADABLE, "no document body")
    wording = Wording()
    for name in archive.members:
        if name.endswith(_SCRIPTS):
            raise Refused(ACTIVE, "a program inside")
        pieces = archive.refuse_programs(name)
        if name.endswith(".xml"):
            # A mark is often set sign by sign, each in a text object of its own: no line breaks between them.
            read(pieces, None, None, wording.add)
        elif next(pieces, b"").startswith(b"PK\x03\x04"):
            raise Refused(ACTIVE, "an archive inside")
        else:
            for _piece in pieces:
                pass
    wording.check()
    return "ofd"
