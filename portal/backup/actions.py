"""Backup, restore, drill. Works from the settings alone, so that a lost office can be brought back from nothing."""

import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, insert, inspect, text

from portal.audit.verify import verify
from portal.backup import digests, engines
from portal.backup.archive import Opening, Sealing, Unreadable
from portal.backup.engines import Unsound
from portal.config import Settings
from portal.core import clock
from portal.jobs.models import Lease
from portal.jobs.queries import OUTBOX, WORKER

MANIFEST = "manifest.json"
MEMBER = re.compile(r"database|manifest\.json|files/[0-9a-f]{64}")
FORMAT = 1


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: each table's row count and digest, the stored files, those that were missing on disk."""

    format: int
    made_at: str
    engine: str
    revision: str
    database_sha256: str
    rows: Mapping[str, str]
    files: list[str]
    missing: list[str]
    digest: str

    @property
    def row_count(self) -> int:
        return sum(int(each.partition(":")[0]) for each in self.rows.values())


@dataclass(frozen=True)
class Drilled:
    """One drill: the digest at the moment of the backup and after the restore, and how long it all took."""

    before: str
    after: str
    rows: int
    files: int
    seconds: float

    @property
    def ok(self) -> bool:
        return self.before == self.after

    @property
    def said(self) -> str:
        found = f"{self.rows}行、{self.files}个文件，用时{self.seconds:.1f}秒"
        if self.ok:
            return f"恢复演练：备份与恢复后的校验值一致（{self.after[:12]}），{found}"
        return f"恢复演练：备份与恢复后的校验值不一致，{found}"


def key_of(settings: Settings) -> str:
    """What backups are locked with: PORTAL_BACKUP_KEY where it is set, else the deployment's secret."""
    return settings.backup_key or settings.secret


def backup(settings: Settings, to: Path | None = None) -> tuple[Path, Manifest]:
    """Write one encrypted archive (default: into backups/ of the data folder) while people go on working.

    Raises Unsound when the snapshot does not hold together or its log does not verify; nothing is left behind then.
    """
    folder = to or settings.data / "backups"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"portal-{clock.real():%Y%m%d-%H%M%S-%f}.backup"
    with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as scratch:
        with engines.snapshot(settings.sqlalchemy_url, Path(scratch)) as snapshot:
            manifest = _describe(snapshot, settings)
        with Sealing(path, key_of(settings)) as sealing, tarfile.open(fileobj=sealing, mode="w|") as tar:
            tar.add(snapshot.file, "database")
            for digest in manifest.files:
                tar.add(_stored(settings, digest), f"files/{digest}")
            described = Path(scratch) / MANIFEST
            described.write_text(json.dumps(asdict(manifest), ensure_ascii=False), encoding="utf-8")
            tar.add(described, MANIFEST)
    return path, manifest


def _describe(snapshot: engines.Snapshot, settings: Settings) -> Manifest:
    connection = snapshot.connection
    _verify(connection)
    rows, named = digests.of_rows(connection), digests.files_named(connection)
    # Files are never changed once they have their name, so they can be read after the snapshot.
    files = [digest for digest in named if _stored(settings, digest).is_file()]
    return Manifest(
        format=FORMAT,
        made_at=clock.real().isoformat(),
        engine=connection.dialect.name,
        revision=_revision(connection),
        database_sha256=digests.of_file(snapshot.file),
        rows=rows,
        files=files,
        missing=sorted(set(named) - set(files)),
        digest=digests.overall(rows, files),
    )


def _verify(connection: Connection) -> None:
    report = verify(connection)
    if not report.ok:
        raise Unsound(report.said)


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def _stored(settings: Settings, digest: str) -> Path:
    return settings.data / "files" / digest[:2] / digest


def restore(archive: Path, settings: Settings, live: bool = False) -> Manifest:
    """Bring back what the archive holds. Everything is decrypted and checked before anything is touched.

    What was there before is moved aside into the data folder (SQLite and files). Unless `live`, the restored copy
    sends nothing. Raises Unreadable, Unsound, or RuntimeError while a worker still runs on the present database.
    """
    _refuse_while_running(settings)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=settings.data, prefix=".restoring-") as scratch:
        manifest = _unpack(archive, Path(scratch), key_of(settings))
        if (manifest.engine == "sqlite") != engines.is_sqlite(settings.sqlalchemy_url):
            raise Unsound(f"这份备份来自 {manifest.engine}，现在设置的数据库不是这一种。")
        if manifest.engine == "sqlite":
            check_copy(f"sqlite:///{Path(scratch) / 'database'}", manifest)
        _move_aside(settings)
        _put_files(Path(scratch) / "files", settings)
        engines.put_back(settings.sqlalchemy_url, Path(scratch) / "database")
    check_copy(settings.sqlalchemy_url, manifest)
    if not live:
        hold_back(settings)
    return manifest


def _refuse_while_running(settings: Settings) -> None:
    engine = engines.engine_of(settings.sqlalchemy_url)
    if engines.is_sqlite(settings.sqlalchemy_url) and not Path(engine.url.database or "").exists():
        return
    with engine.connect() as connection:
        if not inspect(connection).has_table(Lease.__tablename__):
            return
        lease = Lease.__table__.c
        until = connection.execute(Lease.__table__.select().with_only_columns(lease.until).where(lease.name == WORKER))
        if any(row.until > clock.real() for row in until):
            raise RuntimeError("门户还在运行（后台任务一分钟内有动静）。请先停掉门户，一分钟后再恢复。")


def _unpack(archive: Path, scratch: Path, key: str) -> Manifest:
    try:
        with Opening(archive, key) as opening, tarfile.open(fileobj=opening, mode="r|") as tar:
            _take_out(tar, scratch)
        manifest = Manifest(**json.loads((scratch / MANIFEST).read_text(encoding="utf-8")))
    except (tarfile.TarError, FileNotFoundError, TypeError) as broken:
        raise Unreadable("备份文件的内容不完整。") from broken
    if manifest.format != FORMAT:
        raise Unreadable(f"备份的格式是{manifest.format}，这个版本只认得{FORMAT}。")
    if digests.of_file(scratch / "database") != manifest.database_sha256:
        raise Unsound("备份里的数据库与清单不符。")
    for digest in manifest.files:
        if digests.of_file(scratch / "files" / digest) != digest:
            raise Unsound(f"备份里的文件 {digest[:12]} 与清单不符。")
    return manifest


def _take_out(tar: tarfile.TarFile, scratch: Path) -> None:
    """Write the members under the names that backup() gives, by hand: Python 3.11.2 knows no extraction filters."""
    (scratch / "files").mkdir()
    for member in tar:
        content = tar.extractfile(member) if MEMBER.fullmatch(member.name) else None
        if content is None:
            raise Unsound("备份里有不认识的内容。")
        with (scratch / member.name).open("wb") as file:
            shutil.copyfileobj(content, file)


def check_copy(url: str, manifest: Manifest) -> str:
    """The overall digest of the database at `url`; raises Unsound when its rows are not those of the manifest."""
    with engines.engine_of(url).connect() as connection:
        rows = digests.of_rows(connection)
        different = sorted(name for name in {*rows, *manifest.rows} if rows.get(name) != manifest.rows.get(name))
        if different:
            raise Unsound(f"恢复出来的数据与清单不符：{'、'.join(different[:5])}。")
        _verify(connection)
        return digests.overall(rows, manifest.files)


def _move_aside(settings: Settings) -> None:
    kept = settings.data / f"before-restore-{clock.real():%Y%m%d-%H%M%S-%f}"
    places = [settings.data / "files"]
    if engines.is_sqlite(settings.sqlalchemy_url):
        database = Path(engines.make_url(settings.sqlalchemy_url).database or "")
        places += [database, database.with_name(database.name + "-journal")]
    for place in places:
        if place.exists():
            kept.mkdir(mode=0o700, exist_ok=True)
            os.replace(place, kept / place.name)


def _put_files(unpacked: Path, settings: Settings) -> None:
    if not unpacked.is_dir():
        return
    for file in sorted(unpacked.iterdir()):
        place = _stored(settings, file.name)
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(file, place)


def hold_back(settings: Settings) -> None:
    """Switch the outbox of this copy off: no job is taken and no night is run until `go_live`."""
    with engines.engine_of(settings.sqlalchemy_url).begin() as connection:
        row = {"name": OUTBOX, "holder": "restore", "until": clock.real(), "note": "恢复的副本，尚未启用"}
        connection.execute(insert(Lease.__table__).values(**row))


def go_live(settings: Settings) -> bool:
    """Let a restored copy send again; False when nothing was held back."""
    with engines.engine_of(settings.sqlalchemy_url).begin() as connection:
        lease = Lease.__table__
        return bool(connection.execute(lease.delete().where(lease.c.name == OUTBOX)).rowcount)


def drill(settings: Settings) -> Drilled:
    """Back up the live portal, restore it into an empty place beside it, compare, and leave nothing behind."""
    began = clock.ticks()
    with tempfile.TemporaryDirectory(dir=settings.data, prefix=".drill-") as scratch:
        archive, manifest = backup(settings, Path(scratch))
        with engines.empty_place(settings.sqlalchemy_url, Path(scratch)) as url:
            beside = replace(settings, data=Path(scratch) / "restored", database_url=url)
            restore(archive, beside, live=True)
            after = check_copy(url, manifest)
        shutil.rmtree(beside.data, ignore_errors=True)
    took = timedelta(seconds=clock.ticks() - began).total_seconds()
    return Drilled(manifest.digest, after, manifest.row_count, len(manifest.files), took)
