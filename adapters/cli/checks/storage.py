"""The database, the folders, the disk, and whether the clock agrees with what was recorded."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import make_url

from adapters.cli.checks.finding import Finding, Place, failed, passed, warned
from hub.compose import located
from hub.settings import StorageSettings
from hub.trouble import Trouble

_LITTLE, _TOO_LITTLE = 2 * 1024**3, 256 * 1024**2  #: bytes of free disk; below the second the hub says not ready
_SKEW = timedelta(seconds=5)


async def check(place: Place) -> AsyncIterator[Finding]:
    """Judge everything that keeps state."""
    storage = located(place.settings.storage, place.base_dir)
    for folder in (Path(storage.content_dir), Path(storage.spool_dir)):
        yield _writable(folder)
    yield _space(Path(storage.content_dir))
    database = _database(storage)
    yield database
    if database.level != "fail":
        async for finding in _clock(storage, place.settings.intake.inline_bytes):
            yield finding


def _database(storage: StorageSettings) -> Finding:
    from adapters.storage.migrate import is_current

    url = make_url(storage.url)
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return failed("database", "doctor-database-missing", url=shown)
    try:
        if not is_current(storage.url):
            return failed("database", "doctor-database-old", url=shown)
    except Trouble as trouble:
        return failed("database", "doctor-database-away", url=shown, error=trouble.detail or trouble.code)
    return passed("database", "doctor-database", url=shown)


async def _clock(storage: StorageSettings, inline_bytes: int) -> AsyncIterator[Finding]:
    """Compare the clock with the newest recorded event: what was recorded cannot lie in the future."""
    from adapters.storage.opening import open_storage
    from hub.queries import ReceiptQuery

    try:
        async with open_storage(storage, inline_bytes=inline_bytes) as opened:
            newest = await opened.store.receipts(ReceiptQuery(system_id=None, limit=1))
    except Trouble as trouble:
        url = make_url(storage.url).render_as_string(hide_password=True)
        yield failed("database", "doctor-database-away", url=url, error=trouble.detail or trouble.code)
        return
    now = datetime.now(UTC)
    if newest.items and newest.items[0].at > now + _SKEW:
        yield failed(
            "clock", "doctor-clock", newest=f"{newest.items[0].at:%Y-%m-%d %H:%M:%S}", now=f"{now:%Y-%m-%d %H:%M:%S}"
        )
    else:
        yield passed("clock", "doctor-clock-good", now=f"{now:%Y-%m-%d %H:%M:%S}")


def _writable(folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-"):
            pass
    except OSError as error:
        return failed("folder", "doctor-folder", folder=folder, error=error.strerror or error)
    return passed("folder", "doctor-folder-good", folder=folder)


def _space(folder: Path) -> Finding:
    existing = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(existing).free
    facts = {"folder": existing, "free": f"{free / 1024**3:.1f}"}
    if free < _TOO_LITTLE:
        return failed("disk", "doctor-disk-full", **facts)
    return warned("disk", "doctor-disk-little", **facts) if free < _LITTLE else passed("disk", "doctor-disk", **facts)
