"""Files as attackers make them: (what it is, name, bytes, reason of documents.rules.REFUSALS)."""

import io
import struct
import zipfile
import zlib
from functools import cache

from tests.documents.corpus import (
    DOCX_MAIN,
    HEIC,
    W,
    content_types,
    object_stream,
    ofd,
    pdf,
    picture,
    png_of,
    relations,
    sheet,
    word,
    word_parts,
    workbook,
    zipped,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def _marked_name(name: str) -> bytes:
    """A zip with a member whose name is set byte for byte."""
    placeholder = "x" * len(name)
    return zipped({**word_parts(), placeholder: "x"}).replace(placeholder.encode(), name.encode("latin-1"))


def _with_link() -> bytes:
    out = io.BytesIO(word())
    with zipfile.ZipFile(out, "a") as archive:
        link = zipfile.ZipInfo("word/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return out.getvalue()


def _twice() -> bytes:
    return word(parts={"word/documenT.xml": "<a/>"})


def _encrypted_flag() -> bytes:
    data = bytearray(word())
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(sign)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(sign, at + 4)
    return bytes(data)


def _wrong_checksum() -> bytes:
    data = bytearray(zipped(word_parts(), zipfile.ZIP_STORED))
    at = data.find("建议内容".encode())
    data[at] ^= 1
    return bytes(data)


def _lying_size() -> bytes:
    """The directory says 10 bytes, the member unpacks to 30 million."""
    data = bytearray(word(parts={"word/media/a.bin": bytes(900_000)}))
    at = data.rfind(b"PK\x01\x02", 0, data.find(b"word/media/a.bin", data.rfind(b"PK\x05\x06") - 600))
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    data[at + 16 : at + 20] = struct.pack("<I", zlib.crc32(bytes(10)))
    return bytes(data)


def _overlapping() -> bytes:
    """Two directory entries that point to one member's data."""
    data = word()
    end = data.rfind(b"PK\x05\x06")
    directory = struct.unpack_from("<I", data, end + 16)[0]
    entries = data[directory:end]
    length = 46 + struct.unpack_from("<H", entries, 28)[0] + struct.unpack_from("<H", entries, 30)[0]
    first = entries[:length]
    copy = first.replace(b"[Content_Types].xml", b"[content_types].xmk")
    tail = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 6, 6, len(entries) + len(copy), directory, 0)
    return data[:directory] + entries + copy + tail


def _entities(count=3) -> str:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, count))
    return f'<!DOCTYPE x [<!ENTITY e0 "ha">{levels}]>'


def _hostile_parts() -> list[tuple[str, str, bytes, str]]:
    bin_type = '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    docm = DOCX_MAIN.replace("openxmlformats-officedocument.wordprocessingml.document", "ms-word.document.macroEnabled")
    dotx = DOCX_MAIN.replace("document.main", "template.main")
    types = "[Content_Types].xml"
    field = "<w:p><w:r><w:instrText>{}</w:instrText></w:r><w:r><w:instrText>{}</w:instrText></w:r></w:p>"
    docm_inside = word(parts={"word/vbaProject.bin": b"x"})
    return [
        ("vbaProject inside docx", "a.docx", word(parts={"word/vbaProject.bin": OLE}), "active"),
        ("macro type without part", "a.docx", word(parts={types: content_types(extra=bin_type)}), "active"),
        ("docm renamed", "a.docx", word(parts={types: content_types(docm)}), "active"),
        ("macro relation", "a.docx", word(rels=[("vbaProject", "x.bin", "")]), "active"),
        ("template renamed", "a.docx", word(parts={types: content_types(dotx)}), "wrong_type"),
        ("xlsx as docx", "a.docx", workbook(), "wrong_type"),
        ("plain zip as docx", "a.docx", zipped({"a.txt": "x"}), "wrong_type"),
        ("DDE field", "a.docx", word(field.format(" DDEAUTO c:\\\\windows", " cmd.exe")), "active"),
        ("DDE cut in two runs", "a.docx", word(field.format(" DDE", "AUTO cmd.exe")), "active"),
        ("DDE simple field", "a.docx", word('<w:p><w:fldSimple w:instr="DDE cmd x"/></w:p>'), "active"),
        ("INCLUDETEXT", "a.docx", word(field.format(' INCLUDETEXT "http://x/"', "")), "active"),
        ("remote template", "a.docx", word(rels=[("attachedTemplate", "http://x/a.dotm", "External")]), "active"),
        ("remote picture", "a.docx", word(rels=[("image", "http://x/a.png", "External")]), "active"),
        ("script link", "a.docx", word(rels=[("hyperlink", "javascript:alert(1)", "External")]), "active"),
        ("UNC link", "a.docx", word(rels=[("hyperlink", "\\\\host\\share\\a", "External")]), "active"),
        ("protocol link", "a.docx", word(rels=[("hyperlink", "ms-msdt:/id", "External")]), "active"),
        ("OLE relation", "a.docx", word(rels=[("oleObject", "embeddings/oleObject1.bin", "")]), "active"),
        ("OLE without relation", "a.docx", word(parts={"word/embeddings/oleObject1.bin": OLE}), "active"),
        ("OLE as a picture", "a.docx", word(parts={"word/media/image1.png": OLE}), "active"),
        ("program inside", "a.docx", word(parts={"word/media/image1.png": b"MZ" + bytes(60)}), "active"),
        ("zip inside", "a.docx", word(parts={"word/embeddings/a.bin": zipped({"a.exe": b"MZ"})}), "active"),
        ("docm inside", "a.docx", word(parts={"word/embeddings/a.docx": docm_inside}), "active"),
        ("ActiveX", "a.docx", word(parts={"word/activeX/activeX1.xml": "<a/>"}), "active"),
        ("control relation", "a.docx", word(rels=[("control", "activeX1.xml", "")]), "active"),
        ("altChunk", "a.docx", word('<w:altChunk r:id="r0"/>', rels=[("aFChunk", "a.html", "")]), "active"),
        ("altChunk strict", "a.docx", word('<w:altChunk r:id="r0"/>'), "active"),
        ("frame", "a.docx", word(rels=[("frame", "http://x/", "External")]), "active"),
    ]  # fmt: skip


def _hostile_markup() -> list[tuple[str, str, bytes, str]]:
    types = "[Content_Types].xml"
    xxe = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    rels = relations().replace("?><R", f"?>{xxe}<R")
    wide = f'<?xml version="1.0" encoding="UTF-16"?>{xxe}<a/>'.encode("utf-16")
    star = '<w:p><w:r><w:t>机密</w:t><w:sym w:font="Wingdings" w:char="F0AB"/></w:r></w:p>'
    head = f'<w:hdr xmlns:w="{W}"><w:t>绝密 ★ 长期</w:t></w:hdr>'
    return [
        ("entity outside", "a.docx", word("<w:p>&amp;</w:p>", xxe), "active"),
        ("document type outside", "a.docx", word(head='<!DOCTYPE x SYSTEM "http://x/a.dtd">'), "active"),
        ("document type bare", "a.docx", word(head="<!DOCTYPE x>"), "bomb"),
        ("billion laughs", "a.docx", word(head=_entities(10)), "bomb"),
        ("quadratic blow-up", "a.docx", word(head=f'<!DOCTYPE x [<!ENTITY a "{"a" * 90_000}">]>'), "bomb"),
        ("entity in types", "a.docx", word(parts={types: content_types().replace("?><T", f"?>{xxe}<T")}), "active"),
        ("entity in relations", "a.docx", word(parts={"_rels/.rels": rels}), "active"),
        ("entity in UTF-16", "a.docx", word(parts={"word/s.xml": wide}), "active"),
        ("entity in a part without ending", "a.docx", word(parts={"word/s.dat": f"{xxe}<a/>"}), "active"),
        ("no XML in XML", "a.docx", word(parts={"word/styles.xml": "hello"}), "unreadable"),
        ("mark in text", "a.docx", word("<w:p><w:r><w:t>秘</w:t></w:r><w:r><w:t>密★1年</w:t></w:r></w:p>"), "state_mark"),
        ("mark with a sign from Wingdings", "a.docx", word(star), "state_mark"),
        ("mark in header", "a.docx", word(parts={"word/header1.xml": head}), "state_mark"),
    ]  # fmt: skip


def _hostile_sheets() -> list[tuple[str, str, bytes, str]]:
    xxe = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    return [
        ("external workbook", "a.xlsx", sheet(parts={"xl/externalLinks/externalLink1.xml": "<a/>"}), "active"),
        ("data connection", "a.xlsx", sheet(parts={"xl/connections.xml": "<a/>"}), "active"),
        ("old macro sheet", "a.xlsx", sheet(parts={"xl/macrosheets/sheet1.xml": "<a/>"}), "active"),
        ("DDE formula", "a.xlsx", sheet("<row><c><f>cmd|'/c calc'!A0</f></c></row>"), "active"),
        ("WEBSERVICE", "a.xlsx", sheet("<row><c><f>WEBSERVICE(\"http://x/\"&amp;A1)</f></c></row>"), "active"),
        ("entity in sheet", "a.xlsx", sheet(head=xxe), "active"),
        ("entity in shared strings", "a.xlsx", sheet(parts={"xl/sharedStrings.xml": f"{_entities()}<sst/>"}), "bomb"),
        ("mark in a cell", "a.xlsx", sheet("<row><c t='inlineStr'><is><t>机 密 ★ 20年</t></is></c></row>"), "state_mark"),
    ]  # fmt: skip


def _hostile_archives() -> list[tuple[str, str, bytes, str]]:
    return [
        ("cut off", "a.docx", word()[:-30], "unreadable"),
        ("only the first half", "a.docx", word()[: len(word()) // 2], "unreadable"),
        ("wrong checksum", "a.docx", _wrong_checksum(), "unreadable"),
        ("encrypted members", "a.docx", _encrypted_flag(), "unreadable"),
        ("encrypted Office", "a.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "unreadable"),
        ("old Word", "a.docx", OLE, "wrong_type"),
        ("names differ in case only", "a.docx", _twice(), "unreadable"),
        ("directory lies about size", "a.docx", _lying_size(), "unreadable"),
        ("members overlap", "a.docx", _overlapping(), "bomb"),
        ("ratio", "a.docx", word(parts={"word/media/a.bin": bytes(30_000_000)}), "bomb"),
        ("300 MB unzipped", "a.xlsx", sheet(parts={f"xl/media/{n}.bin": bytes(30_000_000) for n in range(10)}), "bomb"),
        ("3000 members", "a.docx", word(parts={f"word/media/{n}": "x" for n in range(3000)}), "bomb"),
        ("parent path", "a.docx", _marked_name("../../evil.sh"), "wrong_type"),
        ("absolute path", "a.docx", _marked_name("/etc/cron.d/x"), "wrong_type"),
        ("backslash path", "a.docx", _marked_name("..\\..\\evil.exe"), "wrong_type"),
        ("drive path", "a.docx", _marked_name("C:evil.exe"), "wrong_type"),
        ("zero byte in a name", "a.docx", _marked_name("word/a\x00.exe"), "wrong_type"),
        ("full-width dots", "a.docx", word(parts={"．．／evil": "x"}), "wrong_type"),
        ("symbolic link", "a.docx", _with_link(), "wrong_type"),
        ("page before the archive", "a.docx", b"PK\x03\x04<script>" + word(), "wrong_type"),
        ("page behind the archive", "a.docx", word() + b"<script>alert(1)</script>", "wrong_type"),
        ("page in the comment", "a.docx", word()[:-2] + b"\x08\x00<script>", "wrong_type"),
        ("OFD with a parent path", "a.ofd", ofd(parts={"../evil": "x"}), "wrong_type"),
        ("OFD with an entity", "a.ofd", ofd(head='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), "active"),
        ("OFD with a program", "a.ofd", ofd(parts={"Doc_0/Attachs/a.dat": b"MZ" + bytes(60)}), "active"),
        ("OFD with an archive", "a.ofd", ofd(parts={"Doc_0/Attachs/a.dat": zipped({"a": "b"})}), "active"),
        ("OFD with another root", "a.ofd", zipped({"OFD.xml": "<OFD/>"}), "wrong_type"),
        ("mark in OFD sign by sign", "a.ofd", ofd("秘密★三年"), "state_mark"),
    ]


def _hostile_pdf() -> list[tuple[str, str, bytes, str]]:
    script = b"<< /Type /Action /S /JavaScript /JS (app.alert(1)) >>"
    bomb = object_stream(bytes(80_000_000))
    return [
        ("script", "a.pdf", pdf(script), "active"),
        ("script in disguise", "a.pdf", pdf(script.replace(b"/JavaScript", b"/J#61va#53cript")), "active"),
        ("script in an object stream", "a.pdf", pdf(object_stream(b"9 0 " + script)), "active"),
        ("script in a plain object stream", "a.pdf", pdf(object_stream(b"9 0 " + script, b"")), "active"),
        ("disguise in an object stream", "a.pdf", pdf(object_stream(b"9 0 << /#4a#53 (x) >>")), "active"),
        ("launching", "a.pdf", pdf(b"<< /S /Launch /F (cmd.exe) >>"), "active"),
        ("embedded file", "a.pdf", pdf(b"<< /Type /EmbeddedFile /Length 1 >>\nstream\nx\nendstream"), "active"),
        ("embedded file by reference", "a.pdf", pdf(b"<< /Type /Filespec /EF << /F 5 0 R >> >>"), "active"),
        ("attachment note", "a.pdf", pdf(b"<< /Subtype /FileAttachment >>"), "active"),
        ("XFA form", "a.pdf", pdf(catalog=b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /XFA 4 0 R >> >>"), "active"),
        ("form that sends", "a.pdf", pdf(b"<< /S /SubmitForm /F (http://x/) >>"), "active"),
        ("encrypted", "a.pdf", pdf(trailer=b"/Encrypt 4 0 R"), "unreadable"),
        ("unusual filter", "a.pdf", pdf(object_stream(b"x", b"/Filter /LZWDecode")), "unreadable"),
        ("object stream bomb", "a.pdf", pdf(bomb), "bomb"),
        ("broken object stream", "a.pdf", pdf(object_stream(b"x").replace(b"x\x9c", b"xx")), "unreadable"),
        ("cut off", "a.pdf", pdf()[:-40], "unreadable"),
        ("page before", "a.pdf", b"<script>alert(1)</script>" + pdf(), "wrong_type"),
        ("page behind", "a.pdf", pdf(tail=b"<script>alert(1)</script>"), "wrong_type"),
        ("archive behind", "a.pdf", pdf(tail=zipped({"a": "b"})), "wrong_type"),
        ("only a header", "a.pdf", b"%PDF-1.7\n", "unreadable"),
    ]


def _hostile_rest() -> list[tuple[str, str, bytes, str]]:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    gif = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0, 0, 0) + b";"
    return [
        ("nothing", "a.docx", b"", "empty"),
        ("one byte", "a.pdf", b"x", "wrong_type"),
        ("21 MB", "a.pdf", bytes(21 * 1024 * 1024), "too_large"),
        ("drawing", "a.svg", svg, "wrong_type"),
        ("drawing as png", "a.png", svg, "wrong_type"),
        ("page as docx", "a.docx", b"<html><script>alert(1)</script>", "wrong_type"),
        ("page as jpg", "a.jpg", b"<html><script>alert(1)</script>", "wrong_type"),
        ("program as jpg", "a.jpg", b"MZ" + bytes(200), "wrong_type"),
        ("shortcut as ofd", "a.ofd", b"L\0\0\0\x01\x14\x02\0" + bytes(80), "wrong_type"),
        ("EICAR", "a.pdf", EICAR, "wrong_type"),
        ("gif and script", "a.png", gif + b"/*", "wrong_type"),
        ("pdf as jpg", "a.jpg", pdf(), "wrong_type"),
        ("jpg as pdf", "a.pdf", picture(), "wrong_type"),
        ("docx as pdf", "a.pdf", word(), "wrong_type"),
        ("two endings", "a.exe.pdf", pdf(), "wrong_type"),
        ("program's ending", "a.pdf.exe", pdf(), "wrong_type"),
        ("no ending", "a", pdf(), "wrong_type"),
        ("only an ending", ".pdf", pdf(), "wrong_type"),
        ("turned round", "a\u202efdp.exe.docx", word(), "wrong_type"),
        ("trailing dot", "a.docx.", word(), "wrong_type"),
        ("trailing blank", "a.docx ", word(), "wrong_type"),
        ("device", "CON.docx", word(), "wrong_type"),
        ("line end in the name", "a\r\nX: y.docx", word(), "wrong_type"),
        ("mark in the name", "秘密★10年.docx", word(), "state_mark"),
        ("60000 pixels", "a.png", png_of(60_000, 60_000), "bomb"),
        ("41 million pixels", "a.png", png_of(41_000, 1_000), "bomb"),
        ("picture cut off", "a.jpg", picture()[:400], "unreadable"),
        ("picture that is none", "a.jpg", b"\xff\xd8\xff" + bytes(500), "unreadable"),
        ("HEIC that is none", "a.heic", HEIC[:60] + bytes(400), "unreadable"),
        ("AVIF", "a.heic", b"\0\0\0\x1cftypavif" + bytes(100), "wrong_type"),
    ]


@cache
def hostile() -> list[tuple[str, str, bytes, str]]:
    """Files that must be refused, each with its reason."""
    return [
        *_hostile_parts(),
        *_hostile_markup(),
        *_hostile_sheets(),
        *_hostile_archives(),
        *_hostile_pdf(),
        *_hostile_rest(),
    ]
