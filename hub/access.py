"""Who may see what. What a caller may not see looks exactly like what does not exist."""

from __future__ import annotations

from hub.accounts import Caller, Role
from hub.delivery import Delivery
from hub.ids import DeliveryId, PackageId
from hub.package import Package
from hub.ports import Reader
from hub.trouble import Refusal

_SEES_ALL = frozenset({Role.AUDITOR, Role.OPERATOR, Role.ADMIN})


def sees_all(caller: Caller) -> bool:
    """Whether the caller may read every agency's packages, events and receipts."""
    return caller.role in _SEES_ALL


def not_found() -> Refusal:
    """Return the refusal for what does not exist or is not the caller's."""
    return Refusal(
        "not-found",
        detail="There is no such thing here, or it is not yours.",
        detail_vi="Không tìm thấy, hoặc không thuộc quyền của hệ thống gọi.",
    )


def visible(caller: Caller, package: Package, deliveries: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
    """Return the deliveries of a package that the caller may see: all for its sender, else those to the caller's system.

    Raises `Refusal` not-found when the caller has no part in the package.
    """
    if sees_all(caller) or package.system_id == caller.system_id:
        return deliveries
    own = tuple(each for each in deliveries if each.system_id == caller.system_id)
    if not own:
        raise not_found()
    return own


async def own_package(reader: Reader, caller: Caller, package_id: PackageId) -> Package:
    """Return a package that the caller's system sent; raises `Refusal` not-found."""
    package = await reader.package(package_id)
    if package is None or caller.system_id is None or package.system_id != caller.system_id:
        raise not_found()
    return package


async def own_delivery(reader: Reader, caller: Caller, delivery_id: DeliveryId) -> tuple[Package, Delivery]:
    """Return a delivery to the caller's system with its package; raises `Refusal` not-found."""
    found = await reader.delivery(delivery_id)
    if found is None or not owns(caller, found[1]):
        raise not_found()
    return found


def owns(caller: Caller, delivery: Delivery) -> bool:
    """Whether a delivery is for the caller's system."""
    return caller.system_id is not None and delivery.system_id == caller.system_id
