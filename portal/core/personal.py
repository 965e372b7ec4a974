"""The one column type for phones, ID numbers and addresses: encrypted at rest, masked wherever it is printed.

AES-256-GCM with a random nonce; the key is derived from PORTAL_SECRET, which never lies in the database. A blind
index (keyed HMAC of the normalised value) makes equality look-ups possible without decrypting.
个人信息保护法 art. 51: encryption, access limits. Every column registers kind, purpose and retention, so that export
and erasure can be complete.
"""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

_PREFIX = "p1:"
_keys: dict[str, bytes] = {}


@dataclass(frozen=True)
class Registered:
    kind: str
    purpose: str
    retention: str


REGISTRY: list[Registered] = []


def use_key(secret: str) -> None:
    """Derive the data keys from the deployment's secret."""
    root = hashlib.sha256(b"portal-personal:" + secret.encode()).digest()
    for use in ("seal", "index"):
        _keys[use] = hmac.new(root, use.encode(), hashlib.sha256).digest()


def seal(value: str) -> str:
    """Encrypt one value; two sealings of the same value differ."""
    nonce = os.urandom(12)
    return _PREFIX + base64.b64encode(nonce + AESGCM(_keys["seal"]).encrypt(nonce, value.encode(), None)).decode()


def unseal(stored: str) -> str:
    """Decrypt what seal() made; raises ValueError when the key is another one or the value was tampered with."""
    raw = base64.b64decode(stored.removeprefix(_PREFIX))
    try:
        return AESGCM(_keys["seal"]).decrypt(raw[:12], raw[12:], None).decode()
    except InvalidTag as reason:
        raise ValueError("a personal value cannot be opened with this key") from reason


def blind_index(value: str | None) -> str | None:
    """A keyed fingerprint for equality look-ups; None stays None."""
    if not value:
        return None
    return hmac.new(_keys["index"], value.strip().encode(), hashlib.sha256).hexdigest()[:32]


class Secret(str):
    """A personal value in memory: prints masked, is read in full only through `.full`."""

    __slots__ = ()

    @property
    def full(self) -> str:
        return str.__str__(self)

    @property
    def masked(self) -> str:
        text = self.full
        if len(text) < 7:
            return "*" * len(text)
        return text[:3] + "*" * (len(text) - 7) + text[-4:]

    def __repr__(self) -> str:
        return f"<Secret {self.masked}>"

    def __str__(self) -> str:
        return self.masked

    def __format__(self, spec: str) -> str:
        return format(self.masked, spec)

    def __html__(self) -> str:
        return self.masked


class Personal(TypeDecorator[str]):
    """A personal column. `kind` names what it is, `purpose` why it is kept, `retention` until when."""

    impl = String(400)
    cache_ok = True

    def __init__(self, kind: str = "", purpose: str = "", retention: str = ""):
        super().__init__()
        self.kind, self.purpose, self.retention = kind, purpose, retention
        if kind:
            REGISTRY.append(Registered(kind, purpose, retention))

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        if value is None or value == "":
            return None
        return seal(value.full if isinstance(value, Secret) else value)

    def process_result_value(self, value: str | None, dialect: Any) -> Secret | None:
        return None if value is None else Secret(unseal(value))
