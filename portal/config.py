"""Every setting: its type, its default, its meaning. Read from the environment once, when the app is created."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from portal.core.errors import Misconfigured

ROOT = Path(__file__).resolve().parent.parent
PROFILES = ("demo", "production", "test")
WEAK = ("", "secret", "changeme", "change-me", "dev", "password", "portal")
SHORTEST_SECRET = 32
SMTP_PORTS = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True)
class Settings:
    """One deployment's settings.

    profile: demo, production or test. data: folder of database, files, keys and logs. database_url: empty for SQLite
    under `data`. origin: the address people type, scheme included; empty means loopback. secret: signs tokens, derives
    data keys. backup_key: locks backups; empty means the secret does. clock_file: obeyed by demo and test only.
    help_line: the office's telephone shown on every page. smtp_*: the mail server; without a host no mail leaves.
    sms_url: the SMS gateway, with {to} where it wants the number in the address; sms_key signs what is posted.
    dingtalk_url, dingtalk_secret, wecom_url: the group robots.
    """

    profile: str = "demo"
    data: Path = ROOT / "var"
    database_url: str = ""
    redis_url: str = ""
    storage_url: str = ""
    origin: str = ""
    secret: str = ""
    backup_key: str = ""
    clock_file: str = ""
    debug: bool = False
    help_line: str = ""
    trusted_proxies: int = 0
    smtp_host: str = ""
    smtp_port: int = 0
    smtp_tls: str = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_sender: str = ""
    sms_url: str = ""
    sms_key: str = ""
    dingtalk_url: str = ""
    dingtalk_secret: str = ""
    wecom_url: str = ""

    @property
    def demo(self) -> bool:
        return self.profile == "demo"

    @property
    def production(self) -> bool:
        return self.profile == "production"

    @property
    def sqlalchemy_url(self) -> str:
        """SQLite under the data folder unless DATABASE_URL names a PostgreSQL database."""
        if self.database_url:
            return self.database_url.replace("postgres://", "postgresql://", 1)
        return f"sqlite:///{self.data / 'portal.db'}"

    @property
    def secure_cookies(self) -> bool:
        """Plain cookies only where the demo is shown over plain http on another host than loopback."""
        return not self.origin.startswith("http://") or _is_loopback(self.origin)


def _is_loopback(origin: str) -> bool:
    host = origin.split("//", 1)[-1].split("/", 1)[0].rsplit(":", 1)[0].strip("[]")
    return host in ("localhost", "127.0.0.1", "::1")


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from the environment; raises Misconfigured for an unknown profile."""
    profile = environment.get("PORTAL_PROFILE", "demo")
    if profile not in PROFILES:
        raise Misconfigured(f"PORTAL_PROFILE 只能是 {'、'.join(PROFILES)}，现在是 {profile}。")
    return Settings(
        profile=profile,
        data=Path(environment.get("PORTAL_DATA") or ROOT / "var").resolve(),
        database_url=environment.get("DATABASE_URL", ""),
        redis_url=environment.get("REDIS_URL", ""),
        storage_url=environment.get("STORAGE_URL", ""),
        origin=environment.get("PORTAL_ORIGIN", "").rstrip("/"),
        secret=environment.get("PORTAL_SECRET", ""),
        backup_key=environment.get("PORTAL_BACKUP_KEY", ""),
        clock_file=environment.get("PORTAL_CLOCK_FILE", ""),
        debug=environment.get("FLASK_DEBUG", "") not in ("", "0"),
        help_line=environment.get("PORTAL_HELP_LINE", ""),
        trusted_proxies=int(environment.get("PORTAL_TRUSTED_PROXIES", "0")),
        **_gateways(environment),
    )


def _gateways(environment: Mapping[str, str]) -> dict[str, Any]:
    """How messages leave the portal; raises Misconfigured for an unknown kind of TLS or mail without a sender."""
    tls = environment.get("PORTAL_SMTP_TLS", "") or "starttls"
    file = environment.get("PORTAL_SMTP_PASSWORD_FILE", "")
    kept = Path(file).read_text(encoding="utf-8").strip() if file else ""
    given: dict[str, Any] = {
        "smtp_host": environment.get("PORTAL_SMTP_HOST", "").strip(),
        "smtp_port": int(environment.get("PORTAL_SMTP_PORT", "") or SMTP_PORTS.get(tls, 0)),
        "smtp_tls": tls,
        "smtp_user": environment.get("PORTAL_SMTP_USER", ""),
        "smtp_password": kept or environment.get("PORTAL_SMTP_PASSWORD", ""),
        "smtp_sender": environment.get("PORTAL_SMTP_SENDER", "").strip(),
        "sms_url": environment.get("PORTAL_SMS_URL", "").strip(),
        "sms_key": environment.get("PORTAL_SMS_KEY", ""),
        "dingtalk_url": environment.get("PORTAL_DINGTALK_URL", "").strip(),
        "dingtalk_secret": environment.get("PORTAL_DINGTALK_SECRET", ""),
        "wecom_url": environment.get("PORTAL_WECOM_URL", "").strip(),
    }
    if tls not in SMTP_PORTS:
        raise Misconfigured(f"PORTAL_SMTP_TLS 只能是 {'、'.join(SMTP_PORTS)}，现在是 {tls}。")
    if given["smtp_host"] and "@" not in given["smtp_sender"]:
        raise Misconfigured("设了 PORTAL_SMTP_HOST，还要在 PORTAL_SMTP_SENDER 写明发件地址。")
    for name in ("sms_url", "dingtalk_url", "wecom_url"):
        if given[name] and not given[name].startswith(("https://", "http://")):
            raise Misconfigured(f"PORTAL_{name.upper()} 要以 https:// 或者 http:// 开头。")
    return given


def settle(settings: Settings) -> Settings:
    """Complete the settings and refuse unsafe ones.

    Demo and test keep a random secret in a file of the data folder; production must be given one. Raises Misconfigured
    with a sentence that names the setting.
    """
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if settings.production:
        _refuse_unsafe(settings)
        return settings
    return settings if settings.secret else replace(settings, secret=_kept_secret(settings.data / "secret"))


def _refuse_unsafe(settings: Settings) -> None:
    if settings.secret.lower() in WEAK or len(settings.secret) < SHORTEST_SECRET:
        raise Misconfigured(f"PORTAL_SECRET 太短或是默认值：正式环境请设置不少于{SHORTEST_SECRET}个字符的随机串。")
    if settings.debug:
        raise Misconfigured("正式环境不能打开 FLASK_DEBUG。")
    if settings.origin.startswith("http://") and not _is_loopback(settings.origin):
        raise Misconfigured(
            f"PORTAL_ORIGIN 是 {settings.origin}：正式环境请在前面放一个带证书的反向代理（见 deploy/ 的示例），"
            "并把 PORTAL_ORIGIN 写成 https 地址。"
        )


def _kept_secret(file: Path) -> str:
    if not file.exists():
        file.write_text(secrets.token_urlsafe(48), encoding="ascii")
        file.chmod(0o600)
    return file.read_text(encoding="ascii").strip()


def with_overrides(settings: Settings, overrides: Mapping[str, Any]) -> Settings:
    """The settings with some replaced, by name; for tests."""
    return replace(settings, **overrides)
