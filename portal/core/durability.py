"""What the database must promise before anything is entrusted to it; read back, never assumed.

SQLite's write-ahead log had a fault that could lose committed transactions until 3.51.3, so older builds run with the
rollback journal; newer ones may too. PostgreSQL must not have been told to skip its disk.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, Engine

from portal.core.errors import Misconfigured

WAL_SOUND_FROM = (3, 51, 3)
ROLLBACK_JOURNALS = ("delete", "truncate", "persist")
LEAST_BUSY_MS = 5000
LOCK_AT_MOST_MS, STATEMENT_AT_MOST_MS = 5000, 15000


def settings(connection: Connection) -> dict[str, str]:
    """The durability settings in force on this connection, as the database itself tells them."""
    if connection.dialect.name == "sqlite":
        pragmas = ("foreign_keys", "synchronous", "busy_timeout", "journal_mode", "mmap_size")
        found = {name: str(connection.exec_driver_sql(f"PRAGMA {name}").scalar()) for name in pragmas}
        return {**found, "version": str(connection.exec_driver_sql("SELECT sqlite_version()").scalar())}
    names = (
        "fsync",
        "synchronous_commit",
        "full_page_writes",
        "lock_timeout",
        "statement_timeout",
        "server_version_num",
    )
    query = "SELECT name, setting FROM pg_settings WHERE name = ANY(%(names)s)"
    return {row.name: row.setting for row in connection.exec_driver_sql(query, {"names": list(names)})}


def troubles(found: Mapping[str, str]) -> list[str]:
    """What is unsafe among `settings()`, a sentence each."""
    return _of_sqlite(found) if "journal_mode" in found else _of_postgresql(found)


def _of_sqlite(found: Mapping[str, str]) -> list[str]:
    said = []
    if found["foreign_keys"] != "1":
        said.append("SQLite 没有检查外键（foreign_keys）。")
    if found["synchronous"] not in ("2", "3"):
        said.append("SQLite 的 synchronous 不是 FULL。")
    if int(found["busy_timeout"]) < LEAST_BUSY_MS:
        said.append(f"SQLite 的 busy_timeout 少于{LEAST_BUSY_MS}毫秒。")
    if found["mmap_size"] not in ("0", "None"):
        said.append("SQLite 打开了 mmap。")
    version = tuple(int(part) for part in found["version"].split("."))
    journal = found["journal_mode"]
    if journal not in ROLLBACK_JOURNALS and not (journal == "wal" and version >= WAL_SOUND_FROM):
        said.append(f"SQLite {found['version']} 的日志方式是 {journal}，这个版本只能用回滚日志。")
    return said


def _of_postgresql(found: Mapping[str, str]) -> list[str]:
    said = [
        f"PostgreSQL 的 {name} 没有打开。"
        for name in ("fsync", "synchronous_commit", "full_page_writes")
        if found[name] == "off"
    ]
    for name, most in (("lock_timeout", LOCK_AT_MOST_MS), ("statement_timeout", STATEMENT_AT_MOST_MS)):
        if not 0 < int(found[name]) <= most:
            said.append(f"PostgreSQL 的 {name} 应在1到{most}毫秒之间，现在是{found[name]}。")
    if int(found["server_version_num"]) < 150000:
        said.append("PostgreSQL 的版本低于15。")
    return said


def check(engine: Engine) -> str:
    """One sentence about how the database keeps what it is given; raises Misconfigured naming all that is unsafe."""
    with engine.connect() as connection:
        found = settings(connection)
    unsafe = troubles(found)
    if unsafe:
        raise Misconfigured("数据库的设置不安全：" + "".join(unsafe))
    if "journal_mode" in found:
        return f"数据库 SQLite {found['version']}，使用回滚日志（{found['journal_mode'].upper()}）"
    return f"数据库 PostgreSQL {int(found['server_version_num']) // 10000}"
