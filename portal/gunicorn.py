"""How gunicorn serves the portal: `gunicorn -c portal/gunicorn.py wsgi:app`.

On SQLite one process with eight threads, because one writer at a time is all that engine has; on PostgreSQL as many
processes as asked for. Threads, not processes, wait for slow phones. A proxy in front buffers uploads in production.
"""

import os
from typing import Any

from gunicorn import util
from gunicorn.http import wsgi

# Left by hand for deployments: PORT, PORTAL_BIND (another address or a unix socket), PORTAL_WORKERS, PORTAL_THREADS.
bind = os.environ.get("PORTAL_BIND") or f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("PORTAL_WORKERS") or (2 if os.environ.get("DATABASE_URL") else 1))
threads = int(os.environ.get("PORTAL_THREADS") or 8)
worker_connections = 400
backlog = 256

# The worker's heart beats beside its requests, so this ends a worker that hangs, never a slow upload.
timeout = 30
graceful_timeout = 8  # start.py kills after ten seconds
keepalive = 5

limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
http_protocols = "h1"
permit_obsolete_folding = False
strip_header_spaces = False
header_map = "drop"
# Only a proxy on this machine may say what the scheme was; portal/config.py counts the proxies for addresses.
forwarded_allow_ips = "127.0.0.1,::1"

worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  (heartbeat file, not data)
control_socket_disable = True
accesslog = None  # the portal writes its own, without query strings and personal data
errorlog = "-"
loglevel = os.environ.get("PORTAL_LOG_LEVEL", "warning")
proc_name = "portal"

# gunicorn answers requests it cannot read by itself: without the portal's headers, and quoting what was sent.
REFUSAL = "请求无法识别，请返回上一页重试。"
REFUSAL_PAGE = f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{REFUSAL}</title><h1>{REFUSAL}</h1>'
REFUSAL_HEADERS = (
    "Connection: close",
    "Content-Type: text/html; charset=utf-8",
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Strict-Transport-Security: max-age=31536000",
    "X-Content-Type-Options: nosniff",
    "Referrer-Policy: no-referrer",
    "Permissions-Policy: camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy: same-origin",
    "Cross-Origin-Resource-Policy: same-origin",
    "Cache-Control: no-store",
)


def refuse(sock: Any, status: int, reason: str, message: str) -> None:
    """Answer an unreadable request; `message` holds what was sent and is not repeated."""
    body = REFUSAL_PAGE.encode()
    head = "\r\n".join((f"HTTP/1.1 {status} {reason}", *REFUSAL_HEADERS, f"Content-Length: {len(body)}", "", ""))
    util.write_nonblock(sock, head.encode("latin1") + body)


util.write_error = refuse
wsgi.SERVER = "portal"
