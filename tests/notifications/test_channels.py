"""Every way out against a real server on this machine: what is said, how it is signed, and how each kind of trouble
is told apart: refused (nothing was delivered) or unsure (it may have been)."""

import base64
import hashlib
import hmac
import socket
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from portal.config import Misconfigured, Settings, read
from portal.notifications.channels import DingTalk, Mail, Refused, Sms, Unsure, WeCom, configured, trace
from tests.support.gateways import Gateway, MailServer, gateway, mail_server

TEXT = "十八届一次第37号：还有7天，请登录办理。\nhttps://portal.example.gov.cn/suggestions/x"


@pytest.fixture
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def there() -> Iterator[Gateway]:
    with gateway() as server:
        yield server


def by_mail(server: MailServer, **more: str) -> Mail:
    given = {"user": "", "password": "", **more}
    return Mail("127.0.0.1", server.port, "none", given["user"], given["password"], "portal@example.gov.cn")


def nobody_there() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def test_mail_says_what_it_is_and_keeps_its_id(mail: MailServer) -> None:
    for _ in range(2):
        by_mail(mail).send("gao@example.cn", TEXT, "mail:1:x")
    (to, letter), (_, again) = mail.letters
    assert (to, letter["To"], letter["From"]) == ("gao@example.cn", "gao@example.cn", "portal@example.gov.cn")
    assert letter["Subject"] == TEXT.splitlines()[0] and "/suggestions/x" in letter.get_content()
    assert letter["Message-ID"] == again["Message-ID"] == f"<{trace('mail:1:x')}@example.gov.cn>"
    assert letter["Auto-Submitted"] == "auto-generated" and letter["Date"]


def test_mail_signs_in_where_asked(mail: MailServer) -> None:
    by_mail(mail, user="portal", password="kettle").send("gao@example.cn", TEXT, "mail:1:x")
    said = base64.b64decode(mail.sign_ins[0].split()[-1]).decode()
    assert said == "\0portal\0kettle"


def test_a_lone_dot_arrives(mail: MailServer) -> None:
    by_mail(mail).send("gao@example.cn", "one\n.\ntwo", "mail:1:y")
    assert mail.letters[0][1].get_content().splitlines() == ["one", ".", "two"]


def test_a_refused_recipient_is_refused(mail: MailServer) -> None:
    mail.refuse = "550"
    with pytest.raises(Refused, match="550") as told:
        by_mail(mail).send("gao@example.cn", TEXT, "mail:1:x")
    assert "gao" not in str(told.value) and not mail.letters


def test_a_mail_server_that_vanishes_after_the_letter_leaves_a_doubt(mail: MailServer) -> None:
    mail.vanish = True
    with pytest.raises(Unsure):
        by_mail(mail).send("gao@example.cn", TEXT, "mail:1:x")


def test_starttls_is_not_left_out_when_the_server_has_none(mail: MailServer) -> None:
    insecure = Mail("127.0.0.1", mail.port, "starttls", "", "", "portal@example.gov.cn")
    with pytest.raises(Refused):
        insecure.send("gao@example.cn", TEXT, "mail:1:x")
    assert not mail.letters


@pytest.mark.parametrize("make", [
    lambda url: Sms(url, "k"), lambda url: DingTalk(url, "s"), lambda url: WeCom(url),
    lambda url: Mail("127.0.0.1", urlsplit(url).port or 0, "none", "", "", "portal@example.gov.cn"),
])  # fmt: skip
def test_nobody_there_is_a_refusal(make) -> None:
    with pytest.raises(Refused, match="ConnectionRefusedError"):
        make(f"http://127.0.0.1:{nobody_there()}/x").send("13800000001", TEXT, "sms:1:x")


def test_the_gateway_can_check_who_posts(there: Gateway) -> None:
    Sms(f"{there.url}/send?number={{to}}", "a key").send("13800000001", TEXT, "sms:1:x")
    [(address, headers, (said, body))] = there.posts
    assert address == "/send?number=13800000001"
    assert said == {"to": "13800000001", "text": TEXT, "reference": trace("sms:1:x")}
    signed = hmac.new(b"a key", headers["x-portal-time"].encode() + b"\n" + body, hashlib.sha256).hexdigest()
    assert headers["x-portal-signature"] == signed


def test_dingtalk_is_signed_as_its_robots_ask(there: Gateway) -> None:
    DingTalk(f"{there.url}/robot/send?access_token=t", "SECret").send("13800000001", TEXT, "dingtalk:1:x")
    [(address, _, (said, _))] = there.posts
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    made = hmac.new(b"SECret", f"{asked['timestamp']}\nSECret".encode(), hashlib.sha256).digest()
    assert asked["access_token"] == "t" and asked["sign"] == base64.b64encode(made).decode()
    assert len(asked["timestamp"]) == 13
    assert said == {
        "msgtype": "text", "text": {"content": f"{TEXT}\n@13800000001"}, "at": {"atMobiles": ["13800000001"]},
    }  # fmt: skip


def test_wecom_calls_the_member(there: Gateway) -> None:
    WeCom(f"{there.url}/cgi-bin/webhook/send?key=k").send("13800000001", TEXT, "wecom:1:x")
    [(address, _, (said, _))] = there.posts
    assert address == "/cgi-bin/webhook/send?key=k"
    assert said == {"msgtype": "text", "text": {"content": TEXT, "mentioned_mobile_list": ["13800000001"]}}


@pytest.mark.parametrize("status", [301, 400, 403, 429, 500, 502])
def test_an_answer_that_is_no_yes_is_a_refusal(there: Gateway, status: int) -> None:
    there.status = status
    with pytest.raises(Refused, match=str(status)):
        Sms(there.url, "k").send("13800000001", TEXT, "sms:1:x")


def test_a_robot_that_says_no_has_refused(there: Gateway) -> None:
    there.answer = {"errcode": 310000, "errmsg": "sign not match"}
    with pytest.raises(Refused, match="310000"):
        DingTalk(there.url, "s").send("13800000001", TEXT, "dingtalk:1:x")


def test_an_answer_that_never_comes_leaves_a_doubt(there: Gateway) -> None:
    there.vanish = True
    for channel in (Sms(there.url, "k"), WeCom(there.url)):
        with pytest.raises(Unsure):
            channel.send("13800000001", TEXT, "sms:1:x")
    there.vanish, there.status = False, 504
    with pytest.raises(Unsure):
        Sms(there.url, "k").send("13800000001", TEXT, "sms:1:x")


def test_what_is_not_set_is_not_there() -> None:
    assert configured(Settings()) == {}
    set_up = Settings(smtp_host="mail", smtp_sender="a@b.cn", wecom_url="https://x")
    assert list(configured(set_up)) == ["mail", "wecom"]


def test_settings_are_read_and_unsound_ones_refused(tmp_path) -> None:
    (tmp_path / "password").write_text("kettle\n")
    given = {
        "PORTAL_SMTP_HOST": "mail.example.gov.cn", "PORTAL_SMTP_TLS": "tls", "PORTAL_SMTP_SENDER": "a@example.gov.cn",
        "PORTAL_SMTP_PASSWORD_FILE": str(tmp_path / "password"),
    }  # fmt: skip
    found = read(given)
    assert (found.smtp_port, found.smtp_password) == (465, "kettle")
    for bad in ({"PORTAL_SMTP_TLS": "ssl3"}, {"PORTAL_SMTP_SENDER": ""}, {"PORTAL_SMS_URL": "ftp://x"}):
        with pytest.raises(Misconfigured):
            read({**given, **bad})
