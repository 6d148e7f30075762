"""Saving an installation into one file while it runs, and putting it back."""

import io
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from pathlib import Path

from sqlalchemy import make_url

from portal import clock, config
from portal.config import Settings, SettingsError

KEPT = ("secret_key", "config.toml")
# Erasures and objections: joined with what is here, never replaced, so that a backup brings nobody back.
JOURNAL = "erasures.journal"
# Where the audit trail ended; a backup's trail ends elsewhere, and what comes after says that it was restored.
HEAD = "audit.head"
DATABASE = "portal.sqlite"
DUMP = "portal.pgdump"


def save(file: Path) -> None:
    """Write database, key and configuration into a tar file, readable by its owner only. Never a half file under that name."""
    settings = config.settings()
    part = file.with_name(file.name + ".part")
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as folder:
        name = _dump_postgres(settings, Path(folder)) if settings.database_url else _copy_sqlite(settings, Path(folder))
        descriptor = os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as raw, tarfile.open(fileobj=raw, mode="w:gz") as archive:
            archive.add(Path(folder) / name, name)
            for kept in (*KEPT, JOURNAL):
                if (settings.data_dir / kept).exists():
                    archive.add(settings.data_dir / kept, kept)
    part.replace(file)


def restore(file: Path) -> Path | None:
    """Put the installation of a backup in place; what was there is moved aside and its folder returned. Stop the portal first."""
    settings = config.read()
    contents = _read(file)
    if not contents.keys() & {DUMP, DATABASE}:
        raise SettingsError(f"{file} is not a backup of the portal.")
    _join_journal(settings.data_dir / JOURNAL, contents.pop(JOURNAL, b""))
    if DUMP in contents:
        _restore_postgres(settings, contents)
        (settings.data_dir / HEAD).unlink(missing_ok=True)
        return None
    aside = _move_aside(settings.data_dir)
    for name, data in contents.items():
        with os.fdopen(os.open(settings.data_dir / name, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as target:
            target.write(data)
    return aside


def _join_journal(path: Path, brought: bytes) -> None:
    """Add the lines that only the backup has. The file is appended to, on disk before the database is replaced."""
    known = set(path.read_bytes().splitlines()) if path.exists() else set()
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), "ab") as file:
        file.write(b"".join(line + b"\n" for line in brought.splitlines() if line not in known))
        file.flush()
        os.fsync(file.fileno())


def _copy_sqlite(settings: Settings, folder: Path) -> str:
    """SQLite's own online backup: consistent, also while others write."""
    with sqlite3.connect(settings.data_dir / DATABASE) as source, sqlite3.connect(folder / DATABASE) as target:
        source.backup(target, pages=500)
    return DATABASE


def _dump_postgres(settings: Settings, folder: Path) -> str:
    _postgres_tool("pg_dump", "--format=custom", f"--file={folder / DUMP}", f"--dbname={_libpq(settings)}")
    return DUMP


def _restore_postgres(settings: Settings, contents: dict[str, bytes]) -> None:
    if not settings.database_url:
        raise SettingsError("This backup is of a PostgreSQL installation. Set PORTAL_DATABASE_URL.")
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as folder:
        (Path(folder) / DUMP).write_bytes(contents[DUMP])
        _postgres_tool("pg_restore", "--clean", "--if-exists", "--no-owner", f"--dbname={_libpq(settings)}", f"{folder}/{DUMP}")
    for name in KEPT:
        if name in contents:
            (settings.data_dir / name).write_bytes(contents[name])


def _postgres_tool(tool: str, *arguments: str) -> None:
    binary = shutil.which(tool)
    if binary is None:
        raise SettingsError(f"{tool} is not installed here; it comes with PostgreSQL's client programs.")
    result = subprocess.run([binary, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if result.returncode:
        raise SettingsError(f"{tool} failed: {result.stderr.strip().splitlines()[-1]}")


def _libpq(settings: Settings) -> str:
    return make_url(settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)


def _read(file: Path) -> dict[str, bytes]:
    """The files we know out of an archive, by name; nothing else is looked at."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            members = {member.name: archive.extractfile(member) for member in archive.getmembers() if member.isfile()}
            known = (DATABASE, DUMP, JOURNAL, *KEPT)
            return {name: (content or io.BytesIO()).read() for name, content in members.items() if name in known}
    except (tarfile.TarError, OSError, EOFError) as error:
        raise SettingsError(f"{file} cannot be read as a backup: {error}.") from error


def _move_aside(data_dir: Path) -> Path | None:
    beside = [data_dir / name for name in (*KEPT, HEAD) if (data_dir / name).exists()]
    present = [*data_dir.glob("portal.sqlite*"), *beside]
    aside = data_dir / f"before-restore-{clock.now():%Y%m%d-%H%M%S}"
    aside.mkdir()
    for path in present:
        path.rename(aside / path.name)
    return aside
