"""Receipts that stood in a lost queue, put there again when an operator asks for them.

Nobody says that it has a receipt, so which of them were lost is not known: those of a time are told again, and a system that has
one already knows it by its id. Orders are made anew from the events, for those that told them first may be gone.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import structs

from hub.changes import Changes
from hub.ports import Store
from hub.queries import ReceiptQuery
from hub.telling import tell
from routing.directory import Directory

BATCH = 200


async def tell_again(store: Store, directory: Directory, system_id: str, since: datetime, until: datetime) -> int:
    """Tell a system again what it was to be told of events from `since` to before `until`; return how much that is."""
    query = ReceiptQuery(system_id=system_id, since=since, until=until, limit=BATCH)
    count, cursor = 0, None
    while True:
        page = await store.receipts(structs.replace(query, cursor=cursor))
        orders = tuple(each for each in tell(directory, page.items) if each.system_id == system_id)
        if orders:
            await store.record(Changes(orders=orders))
        count, cursor = count + len(orders), page.cursor
        if cursor is None:
            return count
