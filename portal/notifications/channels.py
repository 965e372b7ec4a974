"""Ways out of the portal: mail, SMS gateway, group robots; all behind one method, with the standard library alone.

A channel ends in one of three ways: it returns when the other side has acknowledged the message; it raises Refused
when nothing was delivered for certain; it raises Unsure when the line broke after the message had gone out.
"""

import base64
import hashlib
import hmac
import json
import smtplib
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Protocol
from urllib.parse import quote, quote_plus, urlsplit

from portal.core import clock

SECONDS = 15
PLAIN = SMTP.clone(cte_type="7bit")  # old relays take nothing else
MOST_ANSWER = 64 * 1024
ACCEPTED, LATE_GATEWAY = 250, 504
NAMES = {"mail": "电子邮件", "sms": "短信", "dingtalk": "钉钉群", "wecom": "企业微信群"}


class Refused(Exception):
    """Nothing was delivered; the message is a short code without any address."""


class Unsure(Exception):
    """The message went out and no answer came back: it may have been delivered."""


class Channel(Protocol):
    """One way out. `to` is a mail address or a telephone number, `effect` the cause's unique name."""

    def send(self, to: str, text: str, effect: str) -> None: ...


def trace(effect: str) -> str:
    """What the other side may know an effect by: always the same for the same effect, and telling nothing."""
    return hashlib.sha256(effect.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Mail:
    """Mail by SMTP. The first line of the text is the subject; the Message-ID is the same whenever it is sent."""

    host: str
    port: int
    tls: str
    user: str
    password: str
    sender: str

    def send(self, to: str, text: str, effect: str) -> None:
        try:
            server = self._reach(to)
        except (OSError, smtplib.SMTPException) as trouble:
            raise Refused(_code(trouble)) from trouble
        try:
            code, _ = server.data(self._written(to, text, effect))
        except smtplib.SMTPDataError as trouble:
            raise Refused(_code(trouble)) from trouble
        except (OSError, smtplib.SMTPException) as trouble:
            raise Unsure(_code(trouble)) from trouble
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.close()
        if code != ACCEPTED:
            raise Refused(str(code))

    def _reach(self, to: str) -> smtplib.SMTP:
        """A server that has agreed to take a message for `to`."""
        safe = ssl.create_default_context()
        if self.tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=safe)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=SECONDS)
        try:
            server.ehlo_or_helo_if_needed()
            if self.tls == "starttls":
                server.starttls(context=safe)
                server.ehlo()
            if self.user:
                server.login(self.user, self.password)
            for code, said in (server.mail(self.sender), server.rcpt(to)):
                if code not in (ACCEPTED, 251):
                    raise smtplib.SMTPResponseException(code, said)
        except BaseException:
            server.close()
            raise
        return server

    def _written(self, to: str, text: str, effect: str) -> bytes:
        message = EmailMessage(policy=PLAIN)
        subject, _, body = text.partition("\n")
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message["Date"] = format_datetime(clock.real())
        message["Message-ID"] = f"<{trace(effect)}@{self.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(f"{subject}\n{body}")
        return message.as_bytes()


@dataclass(frozen=True)
class Sms:
    """A gateway that takes {to, text, reference} as JSON; what is posted is signed with the key."""

    url: str
    key: str

    def send(self, to: str, text: str, effect: str) -> None:
        body = _json({"to": to, "text": text, "reference": trace(effect)})
        at = str(int(clock.real().timestamp()))
        signed = hmac.new(self.key.encode(), f"{at}\n".encode() + body, hashlib.sha256).hexdigest()
        post(self.url.replace("{to}", quote(to)), body, {"X-Portal-Time": at, "X-Portal-Signature": signed})


@dataclass(frozen=True)
class DingTalk:
    """A DingTalk group robot; `to` is the number of the member to be called by @."""

    url: str
    secret: str

    def send(self, to: str, text: str, effect: str) -> None:
        said = f"{text}\n@{to}"
        _robot(self._signed(), {"msgtype": "text", "text": {"content": said}, "at": {"atMobiles": [to]}})

    def _signed(self) -> str:
        """The address with time (milliseconds) and signature, as a robot with 加签 asks for it."""
        if not self.secret:
            return self.url
        at = str(int(clock.real().timestamp() * 1000))
        made = hmac.new(self.secret.encode(), f"{at}\n{self.secret}".encode(), hashlib.sha256).digest()
        join = "&" if "?" in self.url else "?"
        return f"{self.url}{join}timestamp={at}&sign={quote_plus(base64.b64encode(made))}"


@dataclass(frozen=True)
class WeCom:
    """A WeCom group robot; `to` is the number of the member to be called by @."""

    url: str

    def send(self, to: str, text: str, effect: str) -> None:
        _robot(self.url, {"msgtype": "text", "text": {"content": text, "mentioned_mobile_list": [to]}})


def configured(settings: Any) -> Mapping[str, Channel]:
    """The channels that this deployment has, by name."""
    mail = Mail(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_tls,
        settings.smtp_user,
        settings.smtp_password,
        settings.smtp_sender,
    )
    found: dict[str, tuple[str, Callable[[], Channel]]] = {
        "mail": (settings.smtp_host, lambda: mail),
        "sms": (settings.sms_url, lambda: Sms(settings.sms_url, settings.sms_key)),
        "dingtalk": (settings.dingtalk_url, lambda: DingTalk(settings.dingtalk_url, settings.dingtalk_secret)),
        "wecom": (settings.wecom_url, lambda: WeCom(settings.wecom_url)),
    }
    return {name: make() for name, (given, make) in found.items() if given}


def post(url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Post JSON and give back the answer; raises Refused or Unsure. Redirects are refusals."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    line = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        line.connect()
    except OSError as trouble:
        raise Refused(_code(trouble)) from trouble
    where = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        line.request("POST", where, body, {"Content-Type": "application/json; charset=utf-8", **headers})
        answer = line.getresponse()
        said = answer.read(MOST_ANSWER)
    except (OSError, HTTPException) as trouble:
        raise Unsure(_code(trouble)) from trouble
    finally:
        line.close()
    if answer.status == LATE_GATEWAY:
        raise Unsure(str(answer.status))
    if not 200 <= answer.status < 300:
        raise Refused(str(answer.status))
    return said


def _robot(url: str, content: Mapping[str, Any]) -> None:
    said = post(url, _json(content), {})
    try:
        code = json.loads(said)["errcode"]
    except (ValueError, KeyError, TypeError) as trouble:
        raise Unsure("no errcode") from trouble
    if code != 0:
        raise Refused(f"errcode {code}"[:40])


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def _code(trouble: BaseException) -> str:
    """The kind of trouble and the server's number; never its words, which may hold an address."""
    number = getattr(trouble, "smtp_code", "")
    return f"{type(trouble).__name__} {number}".strip()
