"""Reads XML of strangers without expanding anything: a document type declaration ends the reading."""

from collections.abc import Callable, Iterable
from xml.parsers import expat

from .marks import has_secret_mark
from .verdict import ACTIVE, BOMB, MARKED, UNREADABLE, Refused

TEXT_WINDOW = 500_000
MARK_LENGTH = 64

OnStart = Callable[[str, dict[str, str]], None]
OnEnd = Callable[[str], None]
OnText = Callable[[str], None]


def local(name: str) -> str:
    """The name without its prefix: w:instrText is instrText."""
    return name.rpartition(":")[2]


def read(chunks: Iterable[bytes], on_start: OnStart | None, on_end: OnEnd | None, on_text: OnText | None) -> None:
    """Send one XML part through the callbacks (local names). Raises Refused for a DOCTYPE and for what is no XML."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _external
    parser.EntityDeclHandler = _entity
    parser.EndDoctypeDeclHandler = _declared
    if on_start:
        parser.StartElementHandler = lambda name, attributes: on_start(local(name), attributes)
    if on_end:
        parser.EndElementHandler = lambda name: on_end(local(name))
    if on_text:
        parser.CharacterDataHandler = on_text
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Refused(UNREADABLE, f"xml {error}") from error
    except (LookupError, ValueError) as error:
        raise Refused(UNREADABLE, f"encoding {error}") from error


def _external(_name: str, system_id: str | None, public_id: str | None, _has_subset: int) -> None:
    if system_id or public_id:
        raise Refused(ACTIVE, "external document type")


def _entity(*declaration: object) -> None:
    _name, _is_parameter, _value, _base, system_id, public_id, _notation = declaration
    if system_id or public_id:
        raise Refused(ACTIVE, "external entity")
    raise Refused(BOMB, "entity")


def _declared() -> None:
    raise Refused(BOMB, "document type")


class Wording:
    """Collects the words of a document in a bounded window and refuses a state-secret mark among them."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0

    def add(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        if self._length > TEXT_WINDOW:
            self.check()

    def check(self) -> None:
        """Look now; keep the tail, where a mark may be cut in two."""
        text = "".join(self._parts)
        if has_secret_mark(text):
            raise Refused(MARKED, "mark")
        self._parts = [text[-MARK_LENGTH:]]
        self._length = len(self._parts[0])
