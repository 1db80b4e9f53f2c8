"""When a recipient's system may have a delivery."""

from __future__ import annotations

from collections.abc import Collection

from hub.delivery import Delivery
from hub.lifecycle import State
from hub.trouble import Refusal
from routing.directory import Directory
from routing.values import Binding

#: Accepted by the hub, not recorded as available to the recipient's system.
UNDER_WAY = frozenset({State.ACCEPTED, State.QUEUED})


#: Systems that ask: they know of a delivery only after it was recorded as theirs.
_ASKING = frozenset({Binding.PULL, Binding.VXP})


def is_called(directory: Directory, delivery: Delivery) -> bool:
    """Whether the recipient's system is called or fed by the hub, so that it may know of a delivery before we record it."""
    system = directory.system(delivery.system_id)
    return system is not None and system.binding not in _ASKING


def not_consigned() -> Refusal:
    """Return the refusal for a delivery that its system cannot know of yet."""
    return Refusal(
        "delivery-not-consigned",
        detail="The delivery is not in the inbox yet; ask the inbox first.",
        detail_vi="Văn bản chưa có trong hộp đến; hãy lấy danh sách hộp đến trước.",
    )


def ended(states: Collection[State]) -> Refusal:
    """Return the refusal for a delivery whose life is over."""
    named = ", ".join(sorted(states))
    return Refusal(
        "delivery-ended",
        detail=f"The delivery has ended: {named}.",
        detail_vi=f"Lượt chuyển này đã kết thúc: {named}.",
    )
