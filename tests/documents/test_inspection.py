"""Every hostile file is refused with its own sentence, every ordinary one is accepted, nothing is left behind."""

import hashlib
import io
import os
import time
from types import SimpleNamespace

import pytest
from PIL import Image

from portal.core.errors import PortalError
from portal.documents import actions, storage
from portal.documents.rules import REFUSALS, has_secret_mark, tidy_name
from tests.documents import corpus, hostile

HOSTILE = hostile.hostile()
BENIGN = corpus.benign()


def upload(name, data):
    return SimpleNamespace(filename=name, stream=io.BytesIO(data))


def residue(place):
    return [path for path in place.rglob("*") if path.is_file()]


def test_the_corpora_are_large_enough():
    assert len(HOSTILE) >= 120 and len(BENIGN) >= 20


@pytest.mark.parametrize(("what", "name", "data", "reason"), HOSTILE, ids=[f"{row[1]!a}: {row[0]}" for row in HOSTILE])
def test_hostile_file_is_refused(place, what, name, data, reason):
    with pytest.raises(PortalError) as refusal:
        actions.receive([upload(name, data)])
    error, sentence = REFUSALS[reason]
    assert (refusal.value.message, refusal.value.status) == (sentence, error.status)
    assert residue(place) == []


@pytest.mark.parametrize(("name", "data"), BENIGN, ids=[ascii(row[0]) for row in BENIGN])
def test_ordinary_file_is_accepted(place, name, data):
    [received] = actions.receive([upload(name, data)])
    kept = received.original_sha256 or received.sha256
    assert kept == hashlib.sha256(data).hexdigest()
    with storage.files().open(received.sha256) as file:
        assert len(file.read()) == received.size
    assert received.name.rpartition(".")[2] == name.rpartition(".")[2]


def test_photograph_is_turned_shrunk_and_stripped(place):
    [received] = actions.receive([upload("a.jpg", corpus.rotated_phone_photo())])
    with storage.files().open(received.sha256) as file:
        data = file.read()
    shown = Image.open(io.BytesIO(data))
    assert shown.size == (received.width, received.height) == (600, 800)
    assert shown.getpixel((590, 10))[0] > 150, "the red corner has turned to the upper right"
    assert not shown.getexif() and b"CANARY" not in data


def test_large_photograph_is_shown_smaller(place):
    [received] = actions.receive([upload("a.jpg", corpus.picture(size=(4000, 3000)))])
    assert (received.width, received.height) == (2000, 1500)


def test_heic_is_converted(place):
    [received] = actions.receive([upload("IMG.HEIC", corpus.HEIC)])
    assert (received.media_type, received.original_media_type) == ("image/jpeg", "image/heic")
    assert (received.width, received.height) == (64, 48)


def test_one_bad_file_keeps_none_of_the_submit(place):
    with pytest.raises(PortalError):
        actions.receive([upload("a.docx", corpus.word()), upload("b.docx", corpus.word()[:-9])])
    assert residue(place) == []


def test_limits_of_one_submit(place):
    with pytest.raises(PortalError) as refusal:
        actions.receive([upload(f"{n}.docx", corpus.word()) for n in range(11)])
    assert refusal.value.message == "一次最多上传10个文件，请分次上传。"
    heavy = corpus.pdf(b"<< /Length 19000000 >>\nstream\n" + bytes(19_000_000) + b"\nendstream")
    with pytest.raises(PortalError) as refusal:
        actions.receive([upload(f"{n}.pdf", heavy) for n in range(3)])
    assert (refusal.value.status, refusal.value.code) == (413, "file_submit_too_large")
    assert residue(place) == []


def test_input_left_empty_is_passed_over(place):
    assert actions.receive([upload("", b""), upload(None, b"")]) == []


def test_an_endless_file_is_not_read_to_its_end(place):
    class Endless(io.RawIOBase):
        given = 0

        def read(self, size=-1):
            self.given += size
            return bytes(size)

    stream = Endless()
    with pytest.raises(PortalError) as refusal:
        actions.receive([SimpleNamespace(filename="a.pdf", stream=stream)])
    assert refusal.value.status == 413 and stream.given <= 21 * 1024 * 1024


def test_ordinary_document_is_quick(place):
    data = corpus.python_docx()
    actions.receive([upload("a.docx", data)])
    started = time.perf_counter()
    for _ in range(5):
        actions.receive([upload("a.docx", data)])
    assert (time.perf_counter() - started) / 5 < 0.6, "about 0.1 s on an idle machine"


def test_inspector_sees_nothing_of_our_environment(place, monkeypatch):
    seen = {}
    real = actions.inspect.__globals__["subprocess"].run

    def watch(command, **options):
        seen.update(options)
        return real(command, **options)

    monkeypatch.setattr("portal.documents.inspection.subprocess.run", watch)
    monkeypatch.setitem(os.environ, "PORTAL_SECRET", "canary")
    actions.receive([upload("a.docx", corpus.word())])
    assert seen["env"] == {} and seen["timeout"] <= 15


MARKS = [
    f"{level}{star}{period}"
    for level in ("秘密", "机密", "绝密", "秘 密", "机\u3000密", "絕密", "机\u200b密")
    for star in ("★", " ★ ", "☆", "\u3000★\u3000")
    for period in ("", "1年", "２０年", "长期", "解密前")
]
CLEAN = [
    "涉及国家秘密的内容请按保密规定线下办理。", "机密级、绝密级文件不得在本系统传输。", "商业秘密★3年", "★秘密花园社区",
    "五★级酒店的秘密通道", "保护个人秘密、商业秘密和工作秘密★", "秘密投票*选举办法第3条", "密切联系群众★2026年重点",
    "机密\n★ 以下为重点工作", "紧密★合作", "保密工作★★★★★", "秘密战线 12 年",
]  # fmt: skip


@pytest.mark.parametrize("text", MARKS)
def test_state_secret_mark_is_seen(text):
    assert has_secret_mark(f"附件：{text}，请审阅")


@pytest.mark.parametrize("text", CLEAN)
def test_plain_talk_is_no_mark(text):
    assert not has_secret_mark(text)


def test_name_is_only_data():
    assert tidy_name("C:\\照片\\IMG.jpg") == "IMG.jpg"
    assert tidy_name("../../关于电梯的建议.docx") == "关于电梯的建议.docx"
    long = tidy_name("建" * 400 + ".docx")
    assert len(long) == 180 and long.endswith("建.docx")
