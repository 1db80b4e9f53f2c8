"""Backups of a server that ends sessions which keep it waiting."""

import hashlib
import time

from msgspec.structs import replace

from adapters.storage.backup.checking import check_restored
from adapters.storage.backup.taking import take_backup
from adapters.storage.dialects import PATIENCE
from signing.errors import Code, Untrusted
from tests.contract.samples import submission

IDLE = 2 * PATIENCE.total_seconds() + 1  #: seconds, more than a transaction of a hub may keep the server waiting


def slow_disk(what, _more):
    """Take as long for a content as a few hundred large ones do."""
    if what == "contents":
        time.sleep(IDLE)


async def chunks(body):
    yield body


async def record_large(storage):
    """Record a package whose content is a file."""
    body = hashlib.sha256(b"large").digest() * 2_000
    spooled = await storage.spool.receive(chunks(body), len(body))
    unit = submission(sha256=spooled.sha256, size=spooled.size)
    await storage.store.record(replace(unit, content=await storage.spool.keep(spooled)))


async def test_contents_that_are_copied_for_long(storage, settings, tmp_path):
    """A backup is taken to its end however long the copying of contents lasts."""
    await record_large(storage)
    manifest = take_backup(settings, tmp_path / "backup", "H99", slow_disk)
    assert manifest.contents.files == 1
    assert manifest.newest is not None


async def test_receipts_that_are_checked_for_long(storage, settings, tmp_path):
    """What was restored is checked to the end however long that lasts."""
    await record_large(storage)
    manifest = take_backup(settings, tmp_path / "backup", "H99", lambda _what, _more: None)

    def open_slowly(_jws):
        time.sleep(IDLE)
        raise Untrusted(Code.SIGNATURE_INVALID, "no receipt", "không phải biên nhận")

    checked = check_restored(manifest, settings, open_slowly, lambda _what, _more: None)
    assert (checked.receipts, checked.contents) == (1, 1)
