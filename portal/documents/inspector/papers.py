"""Documents: docx, xlsx, ofd and pdf. What a file is follows from its content alone."""

from typing import Any, BinaryIO

from .archive import Archive
from .ofd import ROOT as OFD_ROOT
from .ofd import inspect_ofd
from .office import CONTENT_TYPES, inspect_office
from .pdf import HEADER_WITHIN, inspect_pdf
from .verdict import UNREADABLE, WRONG_TYPE, Refused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def inspect_paper(data: bytes, _shown: BinaryIO) -> dict[str, Any]:
    """{"kind": "docx" | "xlsx" | "ofd" | "pdf"}. Raises Refused."""
    if data.startswith(b"PK\x03\x04"):
        return {"kind": _inspect_zip(Archive(data))}
    if b"%PDF-" in data[:HEADER_WITHIN]:
        return {"kind": inspect_pdf(data)}
    if data.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in data:
        raise Refused(UNREADABLE, "encrypted Office document")
    raise Refused(WRONG_TYPE, "unknown content")


def _inspect_zip(archive: Archive) -> str:
    if CONTENT_TYPES in archive.members:
        return inspect_office(archive)
    if OFD_ROOT in archive.members:
        return inspect_ofd(archive)
    raise Refused(WRONG_TYPE, "some other archive")
