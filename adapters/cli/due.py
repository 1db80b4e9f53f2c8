"""What the law wants to hear next from a recipient, and by when: a label for people, by which nothing is refused."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from routing.clocks import acknowledgement_deadline, registration_deadline
from routing.values import Lane

if TYPE_CHECKING:
    from adapters.client.values import DeliveryView, PackageView

_TAKES_PART = frozenset({"consigned", "handed_over"})


class Due(Struct, frozen=True):
    """The status that is owed, and the last moment at which it is in time."""

    status: str
    at: datetime


def due(package: PackageView, delivery: DeliveryView) -> Due | None:
    """Return what is owed for a delivery; None when it is not the recipient's turn, or the document is registered.

    Source: NĐ 30/2020/NĐ-CP art. 21.2 c (receipt is notified) and art. 4.2 c (registered and handed over).
    """
    arrived_at = delivery.consigned_at
    if package.kind != "document" or arrived_at is None or delivery.state not in _TAKES_PART:
        return None
    if delivery.business_status is None:
        return Due("01", acknowledgement_deadline(arrived_at))
    if delivery.business_status == "01":
        return Due("03", registration_deadline(arrived_at, Lane(delivery.lane or Lane.NORMAL)))
    return None
