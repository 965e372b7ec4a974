"""Files as offices have them, written by code; the builders also serve the hostile ones."""

import base64
import io
import struct
import zipfile
import zlib
from functools import cache

import docx
import xlsxwriter
from PIL import Image

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DOCX_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
XLSX_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAA"
    "AERAAAEAAQAAAAABoQABAAAAAAAAADkAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADd"
    "aXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAA"
    "AwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xh"
    "cAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAAEFtZGF0AAAA"
    "NSgBrxmACWZ8mm/+2kfd+oPQL/k4GBTbH5N3loM1lz300idCHQAr/My4PcpC2JncANOJnTmw"
)


def zipped(parts, compression=zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of {name: text or bytes}."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts.items():
            # A fixed time, so that the same parts are the same file.
            archive.writestr(zipfile.ZipInfo(name), content, compression)
    return out.getvalue()


def content_types(main=DOCX_MAIN, part="/word/document.xml", extra=""):
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="{part}" ContentType="{main}"/>'
        f"{extra}</Types>"
    )


def relations(*rows):
    """`rows` are (type's last word, target, mode)."""
    body = "".join(
        f'<Relationship Id="r{n}" Type="{R}/{kind}" Target="{target}"' + (f' TargetMode="{mode}"/>' if mode else "/>")
        for n, (kind, target, mode) in enumerate(rows)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}/relationships">{body}</Relationships>'


def word_parts(body="<w:p><w:r><w:t>建议内容</w:t></w:r></w:p>", head="", rels=(), **more):
    return {
        "[Content_Types].xml": content_types(),
        "_rels/.rels": relations(("officeDocument", "word/document.xml", "")),
        "word/document.xml": f'<?xml version="1.0"?>{head}<w:document xmlns:w="{W}" xmlns:r="{R}">'
        f"<w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(*rels),
        **{name.replace("__", "/"): content for name, content in more.items()},
    }


def word(body="<w:p><w:r><w:t>建议内容</w:t></w:r></w:p>", head="", rels=(), parts=None) -> bytes:
    return zipped({**word_parts(body, head, rels), **(parts or {})})


def sheet(cells="<row r='1'><c r='A1' t='inlineStr'><is><t>姓名</t></is></c></row>", parts=None, head="") -> bytes:
    return zipped(
        {
            "[Content_Types].xml": content_types(XLSX_MAIN, "/xl/workbook.xml"),
            "_rels/.rels": relations(("officeDocument", "xl/workbook.xml", "")),
            "xl/workbook.xml": f'<workbook xmlns="{S}" xmlns:r="{R}"><sheets><sheet name="1" sheetId="1" r:id="r0"/>'
            "</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml", "")),
            "xl/worksheets/sheet1.xml": f'{head}<worksheet xmlns="{S}"><sheetData>{cells}</sheetData></worksheet>',
            **(parts or {}),
        }
    )


def ofd(text="建议", parts=None, head="") -> bytes:
    return zipped(
        {
            "OFD.xml": f'<?xml version="1.0" encoding="UTF-8"?>{head}<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" '
            'Version="1.0" DocType="OFD">'
            "<ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "Doc_0/Document.xml": '<ofd:Document xmlns:ofd="http://www.ofdspec.org/2016"/>',
            "Doc_0/Pages/Page_0/Content.xml": '<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016">'
            + "".join(f"<ofd:TextObject><ofd:TextCode>{sign}</ofd:TextCode></ofd:TextObject>" for sign in text)
            + "</ofd:Page>",
            **(parts or {}),
        }
    )


def pdf(*objects: bytes, version=b"1.7", catalog=b"<< /Type /Catalog /Pages 2 0 R >>", trailer=b"", tail=b"") -> bytes:
    """A PDF of one empty page with `objects` from number 4."""
    listed = [
        catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        *objects,
    ]
    out, places = b"%PDF-" + version + b"\n%\xe2\xe3\xcf\xd3\n", []
    for number, content in enumerate(listed, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(listed) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(listed) + 1, trailer, start) + tail  # fmt: skip


def object_stream(content: bytes, more=b"/Filter /FlateDecode") -> bytes:
    packed = zlib.compress(content) if b"Flate" in more else content
    return b"<< /Type /ObjStm /N 1 /First 4 /Length %d %s >>\nstream\n%s\nendstream" % (len(packed), more, packed)


def picture(kind="JPEG", size=(640, 480), mode="RGB", **options) -> bytes:
    out = io.BytesIO()
    image = Image.new(mode, size, 128 if mode in ("L", "1") else None)
    if mode == "RGB":
        image.paste((200, 30, 30), (0, 0, size[0] // 4, size[1] // 4))
    image.save(out, kind, **options)
    return out.getvalue()


def rotated_phone_photo() -> bytes:
    """A JPEG lying on its side (orientation 6) that says where it was taken."""
    tags = Image.Exif()
    tags[0x0112] = 6
    tags[0x010F] = "PHONE-CANARY"
    tags.get_ifd(0x8825)[1] = "N"
    return picture(size=(800, 600), exif=tags.tobytes())


def png_of(width: int, height: int) -> bytes:
    """A PNG that only claims its size."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def python_docx() -> bytes:
    paper = docx.Document()
    paper.add_heading("关于老旧小区加装电梯的建议", 1)
    paper.add_paragraph("一、情况。涉及国家秘密的事项不在此列，保守商业秘密。")
    paper.add_table(2, 3).cell(0, 0).text = "办理单位"
    paper.add_picture(io.BytesIO(picture("PNG", (80, 60))))
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def workbook(rows=5, formula=True, empty=False) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "constant_memory": rows > 1000}) as book:
        page = book.add_worksheet("名单")
        if not empty:
            for row in range(rows):
                page.write_row(row, 0, (f"代表{row}", "13800138000", row))
            if formula:
                page.write_formula(0, 5, "=SUM(C1:C5)")
                page.write_url(1, 5, "https://example.org/", string="网址")
    return out.getvalue()


def charted_docx() -> bytes:
    return word(
        rels=[("hyperlink", "https://example.org/a?b=1", "External"), ("hyperlink", "mailto:a@example.org", "External"),
              ("hyperlink", "file:///C:/Users/a/b.docx", "External")],
        parts={
            "word/charts/chart1.xml": '<c:chart xmlns:c="urn:c"/>',
            "word/charts/_rels/chart1.xml.rels": relations(("package", "../embeddings/Sheet.xlsx", "")),
            "word/embeddings/Sheet.xlsx": workbook(),
        },
    )  # fmt: skip


def strict_docx() -> bytes:
    parts = word_parts(rels=[("hyperlink", "#one", "")])
    return zipped(
        {
            name: text.replace(R, "http://purl.oclc.org/ooxml/officeDocument/relationships")
            for name, text in parts.items()
        }
    )


def _benign_office() -> list[tuple[str, bytes]]:
    utf16 = word_parts()
    utf16["word/document.xml"] = (
        utf16["word/document.xml"].replace('"1.0"?', '"1.0" encoding="UTF-16"?').encode("utf-16")
    )
    code = "<w:instrText> TOC \\o &quot;1-3&quot; \\h </w:instrText>"
    toc = f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r>{code}</w:r></w:p>'
    return [
        ("建议.docx", python_docx()),
        ("最小.docx", word()),
        ("关于加强全区老旧小区电梯加装和后续维护管理工作的建议" * 5 + ".docx", word()),
        ("全角（附件１）　说明.docx", word()),
        ("UPPER.DOCX", word()),
        ("带目录.docx", word(toc)),
        ("带图表.docx", charted_docx()),
        ("严格格式.docx", strict_docx()),
        ("双字节编码.docx", zipped(utf16)),
        ("存储不压缩.docx", zipped(word_parts(), zipfile.ZIP_STORED)),
        (
            "只谈保密.docx",
            word("<w:p><w:r><w:t>机密级文件按规定办理，商业秘密★除外，绝密级不得上网。</w:t></w:r></w:p>"),
        ),
        ("v1.2 修改稿.docx", word()),
        ("名单.xlsx", workbook()),
        ("空表.xlsx", workbook(empty=True)),
        ("七万行.xlsx", workbook(70_000)),
        ("手写.xlsx", sheet()),
        ("竖线.xlsx", sheet('<row><c><f>IF(A1="a|b",1,2)</f></c></row>')),
    ]


def _benign_layouts() -> list[tuple[str, bytes]]:
    objects = object_stream(b"9 0 << /Type /Annot /A << /S /URI /URI (https://example.org) >> >>")
    return [
        ("旧.pdf", pdf(version=b"1.4")),
        ("新.pdf", pdf(version=b"2.0")),
        ("对象流.pdf", pdf(objects)),
        ("内容流.pdf", pdf(b"<< /Length 30 >>\nstream\nBT /F1 12 Tf (/JS /EF) Tj ET  \nendstream")),
        ("链接.pdf", pdf(b"<< /Type /Annot /Subtype /Link /A << /S /URI /URI (https://example.org) >> >>")),
        ("续写.pdf", pdf() + b"4 0 obj\n<<>>\nendobj\nxref\n0 0\ntrailer\n<<>>\nstartxref\n9\n%%EOF\r\n\0\0"),
        ("公文.ofd", ofd()),
        (
            "发票.ofd",
            ofd(parts={"Doc_0/Attachs/invoice.xml": "<eInvoice/>", "Doc_0/Signs/Sign_0/Seal.esl": b"\x30\x82"}),
        ),
    ]


def _benign_pictures() -> list[tuple[str, bytes]]:
    return [
        ("照片.jpg", picture()),
        ("IMG_0001.JPEG", rotated_phone_photo()),
        ("截图.png", picture("PNG", mode="RGBA")),
        ("调色板.png", picture("PNG", mode="P")),
        ("黑白.png", picture("PNG", mode="1")),
        ("大照片.jpg", picture(size=(4000, 3000))),
        ("印刷色.jpg", picture(mode="CMYK")),
        ("微信.jpg", picture("WEBP")),
        ("微信.webp", picture("WEBP")),
        ("IMG_0002.HEIC", HEIC),
        ("三星.jpg", picture() + b"\0\0SEFH" + bytes(60)),
        ("动图.webp", picture("WEBP", save_all=True, append_images=[Image.new("RGB", (640, 480))])),
    ]


@cache
def benign() -> list[tuple[str, bytes]]:
    """Files that must be accepted."""
    return [*_benign_office(), *_benign_layouts(), *_benign_pictures()]
