"""What is sent is a download under a safe name, whatever the sender called it."""

import io
import re
from dataclasses import dataclass
from urllib.parse import unquote

import pytest
from flask import Flask
from werkzeug.http import parse_options_header

from portal.web.downloads import SANDBOX, disposition, safe_name, send
from tests.documents.names import names


@dataclass
class Sent:
    shown_name: str = "建议.docx"
    media_type: str = "application/pdf"
    content: bytes = b"content"

    @property
    def size(self):
        return len(self.content)

    def open(self):
        self.file = io.BytesIO(self.content)
        return self.file


@pytest.fixture
def context():
    with Flask(__name__).test_request_context():
        yield


def test_there_are_names_enough():
    assert len(set(names())) >= 200


@pytest.mark.parametrize("name", names(), ids=lambda name: ascii(name)[:40])
def test_a_name_never_leaves_its_header(name):
    header = disposition(name)
    assert header.isascii() and header.isprintable()
    kind, options = parse_options_header(header)
    shown = options["filename"]
    assert kind == "attachment" and set(options) == {"filename"} and shown
    assert shown == safe_name(name) == unquote(re.search(r"filename\*=UTF-8''(.*)$", header)[1])
    assert not re.search(r'[\x00-\x1f\x7f/\\:*?"<>|\u202a-\u202e\u2066-\u2069]', shown) and not shown.startswith(".")
    assert len(shown) <= 150


def test_ordinary_names_stay_as_they_are():
    for name in ("关于 电梯 的建议.docx", "附件（１）.xlsx", "𠮷田.pdf", "欧阳·买买提.jpg", "a, b & c's.pdf"):
        assert safe_name(name) == name
    assert safe_name("建" * 500 + ".docx").endswith("建.docx")
    assert safe_name("CON.pdf") == "_CON.pdf" and safe_name("") == "附件"


def test_answer_is_a_sandboxed_download(context):
    response = send(Sent())
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Security-Policy"] == SANDBOX and "sandbox" in SANDBOX
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.content_length == 7 and response.get_data() == b"content"


def test_only_photographs_are_shown_in_place(context):
    assert send(Sent(media_type="image/jpeg"), inline=True).headers["Content-Disposition"].startswith("inline;")
    for other in ("application/pdf", "text/html", "image/svg+xml", "image/png"):
        assert send(Sent(media_type=other), inline=True).headers["Content-Disposition"].startswith("attachment;")


def test_file_is_closed_also_when_nobody_reads_it(context):
    document = Sent()
    send(document).close()
    assert document.file.closed
