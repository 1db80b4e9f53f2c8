"""Reading errands so that one that cannot be read holds up no other.

A row that this version does not understand (a newer one wrote it, or a disk damaged it) must not stop those that happen to be
asked for together with it. It is left out and told of; its order stays published, and is looked for again like a lost one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import structlog

from hub.ids import OrderId
from hub.queries import Errand
from hub.trouble import Trouble

_log = structlog.get_logger()


class Errands(Protocol):
    """The part of the store that has errands."""

    async def errands(self, order_ids: Sequence[OrderId]) -> tuple[Errand, ...]:
        """Return what couriers need for these orders; see `hub.ports.Store`."""


async def readable_errands(store: Errands, order_ids: Sequence[OrderId]) -> tuple[Errand, ...]:
    """Return the errands that can be read, all at once or, if that fails, one by one. Raises `Trouble` as the store does."""
    if not order_ids:
        return ()
    try:
        return await store.errands(order_ids)
    except Trouble:
        raise
    except Exception:  # noqa: BLE001 - whatever is wrong with one, the others are read
        if len(order_ids) == 1:
            _log.exception("order-unreadable", order=order_ids[0])
            return ()
    return tuple([errand for each in order_ids for errand in await readable_errands(store, [each])])
