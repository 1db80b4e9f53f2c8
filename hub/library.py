"""Reading: packages, deliveries, events, receipts and refusals, each only for those who have a part in it."""

from __future__ import annotations

from msgspec import Struct, structs

from hub.access import not_found, owns, sees_all, visible
from hub.accounts import Caller
from hub.availability import UNDER_WAY, ended, is_called, not_consigned
from hub.changes import RefusedSubmission
from hub.delivery import Delivery
from hub.ids import DeliveryId, EventId, PackageId
from hub.lifecycle import State
from hub.package import Package
from hub.ports import Reader
from hub.queries import Bytes, PackageQuery, Page, ReceiptQuery, RefusalQuery, Standing, StoryQuery
from hub.record import EventRecord
from hub.register import CurrentRegister
from hub.seen import Seen
from hub.trouble import Defect, Refusal

_PORTION = 500  #: events read at a time
_READABLE = frozenset({State.CONSIGNED, State.HANDED_OVER})


class View(Struct, frozen=True):
    """A package as one caller may see it, with the receipt of its acceptance."""

    package: Package
    deliveries: tuple[Delivery, ...]
    receipt: EventRecord


class Library:
    """Answers questions about what is recorded."""

    def __init__(self, reader: Reader, register: CurrentRegister, seen: Seen) -> None:
        self._seen = seen
        self._reader = reader
        self._register = register

    async def package(self, caller: Caller, package_id: str) -> View:
        """Return one package with the deliveries that the caller may see."""
        package = await self._reader.package(PackageId(package_id))
        if package is None:
            raise not_found()
        (standing,) = await self._reader.standings((package.id,))
        return _view(caller, package, standing)

    async def packages(self, caller: Caller, query: PackageQuery) -> Page[View]:
        """Return a page of the packages that the caller's system sent (people who see all: of everybody)."""
        page = await self._reader.packages(structs.replace(query, system_id=self._scope(caller)))
        standings = await self._reader.standings([package.id for package in page.items])
        views = tuple(_view(caller, *pair) for pair in zip(page.items, standings, strict=True))
        return Page(views, page.cursor)

    async def content(self, caller: Caller, package_id: str) -> tuple[Package, Bytes]:
        """Return the bytes of a package as received, for its sender, its recipients and people who see all."""
        view = await self.package(caller, package_id)
        if not sees_all(caller) and view.package.system_id != caller.system_id:
            self._require_readable(view.deliveries)
        return view.package, await self._bytes(view.package)

    async def events(self, caller: Caller, package_id: str, query: StoryQuery) -> Page[EventRecord]:
        """Return a page of the story of a package in commit order: what concerns the deliveries that the caller may see."""
        view = await self.package(caller, package_id)
        seen = {delivery.id for delivery in view.deliveries}
        last = await self._place(view.package, query.cursor)
        found: list[EventRecord] = []
        while len(found) <= query.limit:
            portion = await self._reader.events(view.package.id, last, _PORTION)
            of_seen = (each for each in portion if each.delivery_id is None or each.delivery_id in seen)
            found += (each for each in of_seen if each.jws is not None or not query.receipts_only)
            if len(portion) < _PORTION:
                break
            last = portion[-1].id
        shown = tuple(found[: query.limit])
        return Page(shown, shown[-1].id if len(found) > query.limit else None)

    async def _place(self, package: Package, cursor: str | None) -> EventId | None:
        """Return the event of the package that a page ended with; raise `Refusal` cursor-invalid when it has no such one."""
        if cursor is None:
            return None
        event = await self._reader.event(EventId(cursor))
        if event is None or event.package_id != package.id:
            raise Refusal("cursor-invalid")
        return event.id

    async def delivery(self, caller: Caller, delivery_id: str) -> tuple[Package, Delivery]:
        """Return one delivery: for the recipient's system, the sender's system and people who see all."""
        found = await self._reader.delivery(DeliveryId(delivery_id))
        if found is None:
            raise not_found()
        visible(caller, found[0], (found[1],))
        return found

    async def delivery_content(self, caller: Caller, delivery_id: str) -> tuple[Package, Delivery, Bytes]:
        """Return the bytes of a delivery to the system that it is consigned to."""
        found = await self._reader.held(DeliveryId(delivery_id))
        if found is None or not owns(caller, found[1]):
            raise not_found()
        package, delivery, content = found
        self._require_readable((delivery,))
        self._seen.put(package, delivery)
        return package, delivery, _present(package, content)

    async def receipts(self, caller: Caller, query: ReceiptQuery) -> Page[EventRecord]:
        """Return a page of the receipts that concern the caller's system (people who see all: all)."""
        return await self._reader.receipts(structs.replace(query, system_id=self._scope(caller)))

    async def receipt(self, caller: Caller, receipt_id: str) -> EventRecord:
        """Return one receipt."""
        event = await self._reader.event(EventId(receipt_id))
        if event is None or event.jws is None:
            raise not_found()
        if not sees_all(caller) and caller.system_id not in {event.sender_system, event.recipient_system}:
            raise not_found()
        return event

    async def refusals(self, caller: Caller, query: RefusalQuery) -> Page[RefusedSubmission]:
        """Return a page of what the caller's system was refused (people who see all: everybody)."""
        return await self._reader.refusals(structs.replace(query, system_id=self._scope(caller)))

    def _scope(self, caller: Caller) -> str | None:
        return None if sees_all(caller) else caller.system_id

    async def _bytes(self, package: Package) -> Bytes:
        return _present(package, await self._reader.content(package.sha256))

    def _require_readable(self, deliveries: tuple[Delivery, ...]) -> None:
        if any(self._is_readable(delivery) for delivery in deliveries):
            return
        states = {delivery.state for delivery in deliveries}
        if states <= UNDER_WAY:
            raise not_consigned()
        raise ended(states)

    def _is_readable(self, delivery: Delivery) -> bool:
        if delivery.state in UNDER_WAY:
            # A called system fetches while it is being called, before its answer can be recorded as the consignment.
            return is_called(self._register.snapshot.directory, delivery)
        return delivery.state in _READABLE


def _view(caller: Caller, package: Package, standing: Standing) -> View:
    if standing.acceptance is None:
        raise Defect("defect", detail=f"package {package.id} has no acceptance")
    return View(package, visible(caller, package, standing.deliveries), standing.acceptance)


def _present(package: Package, content: Bytes | None) -> Bytes:
    if content is None:
        raise Defect("defect", detail=f"content {package.sha256} of package {package.id} is missing")
    if content.purged_at is not None:
        day = f"{content.purged_at:%Y-%m-%d}"
        raise Refusal(
            "content-purged",
            detail=f"The content was purged on {day}; its digest is {package.sha256}.",
            detail_vi=f"Nội dung đã được xóa theo chính sách ngày {day}; mã băm: {package.sha256}.",
        )
    return content
