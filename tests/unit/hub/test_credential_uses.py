"""When credentials were last seen."""

import asyncio
from datetime import timedelta

from hub.credential_uses import CredentialUses
from hub.trouble import Deferral

from .values import NOW


class Book:
    def __init__(self):
        self.written = []
        self.is_away = False

    async def note_uses(self, uses):
        if self.is_away:
            raise Deferral("storage-unavailable")
        self.written.append(dict(uses))


async def test_many_uses_one_write():
    """However often credentials are used, one write says when each was last seen."""
    book = Book()
    uses = CredentialUses(book)
    for second in range(1000):
        uses.note(("k1", "cert"), NOW + timedelta(seconds=second))
    uses.note(("k2",), NOW)
    await uses.write()
    await uses.write()
    last = NOW + timedelta(seconds=999)
    assert book.written == [{"k1": last, "cert": last, "k2": NOW}]


async def test_store_away():
    """What could not be written is written the next time, and newer uses win."""
    book = Book()
    uses = CredentialUses(book)
    uses.note(("k1", "k2"), NOW)
    book.is_away = True
    await uses.write()
    uses.note(("k1",), NOW + timedelta(seconds=1))
    book.is_away = False
    await uses.write()
    assert book.written == [{"k1": NOW + timedelta(seconds=1), "k2": NOW}]


async def test_last_write():
    """A hub that stops writes once more."""
    book = Book()
    uses = CredentialUses(book, every=timedelta(hours=1))
    task = asyncio.create_task(uses.run())
    await asyncio.sleep(0)
    uses.note(("k1",), NOW)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert book.written == [{"k1": NOW}]
