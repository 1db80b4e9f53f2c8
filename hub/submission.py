"""Hops 6 and 7: decide on a submission, attest the decision, record it, and only then answer.

The same bytes from the same sender are the same package: a repeat gets the answer and the receipt of the first. A new
document (or a replacement) with the id of an earlier one and other bytes is a conflict; an update, a recall or a status may
rightly come several times for one document id, so their key holds the digest too.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct, structs

from hub.accounts import Caller
from hub.admission import Admission
from hub.attest import Attempt, Attestor
from hub.changes import Changes, Content, Duplicate, Full, RefusedSubmission, Room, Stale
from hub.delivery import Delivery
from hub.examination import Examination
from hub.examine import Examined
from hub.failpoints import reached
from hub.ids import DeliveryId, PackageId, uuid7
from hub.lifecycle import State
from hub.originals import Effects, effects_on, issuer_of_original, speaks_of_earlier
from hub.package import Attachment, Details, Package
from hub.ports import Clock, Store
from hub.quotas import exceeded
from hub.record import EventRecord
from hub.register import CurrentRegister
from hub.spool import Spool, Spooled
from hub.telling import consign, tell
from hub.trouble import Defect, Refusal
from routing.lanes import lane_of
from schemas.edxml import Business, Envelope, Kind, StatusEnvelope
from signing.receipt import Reason

_ATTEMPTS = 5  #: how often a decision is made again when an earlier delivery moved under it


class Accepted(Struct, frozen=True):
    """The hub's acceptance. `deliveries` stand as at the moment of acceptance, also for a replay."""

    package: Package
    deliveries: tuple[Delivery, ...]
    receipt: EventRecord
    is_replay: bool


class Claimed(Struct, frozen=True):
    """What a request says of its package beside it: the sender's current code, the kind. None: it does not say."""

    sender: str | None = None
    kind: Kind | None = None

    def require(self, examined: Examined) -> None:
        """Raise `Refusal` request-inconsistent unless the package says the same."""
        if self.sender is not None and self.sender != examined.sender:
            raise _inconsistent(self.sender, examined.sender)
        if self.kind is not None and self.kind is not examined.envelope.kind:
            raise _inconsistent(self.kind, examined.envelope.kind)


class RefusedWithReceipt(Refusal):
    """A refusal that was recorded: `receipt` proves it, and its id is the id of the refusal."""

    def __init__(self, refusal: Refusal, receipt: EventRecord) -> None:
        super().__init__(refusal.code, detail=refusal.detail, detail_vi=refusal.detail_vi, faults=refusal.faults)
        self.receipt = receipt


class Report(Struct, frozen=True):
    """What `POST /v1/packages/validate` says: the envelope as the hub reads it, with routes and signature steps."""

    examined: Examined
    sha256: str
    size: int


class Submission:
    """Takes packages in."""

    def __init__(
        self,
        *,
        examination: Examination,
        store: Store,
        spool: Spool,
        register: CurrentRegister,
        attestor: Attestor,
        clock: Clock,
        lifetime: timedelta,
        admission: Admission,
    ) -> None:
        self._admission = admission
        self._examination = examination
        self._store = store
        self._spool = spool
        self._register = register
        self._attestor = attestor
        self._clock = clock
        self._lifetime = lifetime

    async def submit(
        self, caller: Caller, spooled: Spooled, claimed: Claimed | None = None, *, recipient: str | None = None
    ) -> Accepted:
        """Accept the package or raise a recorded `RefusedWithReceipt`; `Deferral` leaves no trace, nor does a full quota.

        `recipient`: another axis handed it in for this one of its recipients. The same package may come again for another
        one, who is then added to those that it goes to.
        """
        try:
            room = await self._admission.room(caller, spooled.size)
        except Refusal:
            repeated = await self._repeated(caller, spooled, recipient)  # what is stored already needs no room
            if repeated is None:
                raise
            return repeated
        try:
            async with self._admission.place(caller):
                reached("K2")
                try:
                    examined = await self._examination.examine(caller, spooled, recipient)
                except Refusal:
                    repeated = await self._repeated(caller, spooled, recipient)
                    if repeated is None:
                        raise
                    return repeated
            if claimed is not None:
                claimed.require(examined)
            return await self._accept(caller, spooled, examined, room, may_add=recipient is not None)
        except Full as full:  # by what came in at the same time
            raise exceeded(full.stored, full.most, spooled.size) from full
        except Refusal as refusal:
            raise await self._refuse(caller, spooled, refusal) from refusal
        finally:
            self._admission.answered(caller)

    async def validate(self, caller: Caller, spooled: Spooled) -> Report:
        """Run the same checks without any effect."""
        async with self._admission.place(caller):
            examined = await self._examination.examine(caller, spooled)
        return Report(examined=examined, sha256=spooled.sha256, size=spooled.size)

    async def _accept(
        self, caller: Caller, spooled: Spooled, examined: Examined, room: Room | None, *, may_add: bool
    ) -> Accepted:
        reached("K3")
        content = await self._spool.keep(spooled)
        reached("K5")
        for _ in range(_ATTEMPTS):
            at = self._clock()
            package = package_of(examined, content, system_id=str(caller.system_id), at=at)
            effects = await self._effects(examined, at)
            accepted = self._decide(package, examined, at)
            try:
                await self._store.record(self._changes(accepted, content, effects, room))
            except Duplicate as duplicate:
                if may_add:
                    return await self._added(duplicate.package_id, spooled, examined, content)
                return await self._replay(duplicate.package_id, spooled)
            except Stale:
                continue
            reached("K6")
            return accepted
        raise _restless()

    async def _effects(self, examined: Examined, at: datetime) -> Effects:
        envelope = examined.envelope
        if not speaks_of_earlier(envelope):
            return Effects()
        recipients = tuple(route.recipient for route in examined.routes)
        issuer = issuer_of_original(envelope, examined.sender, recipients)
        directory = self._register.snapshot.directory
        originals = await self._store.originals(directory.codes_of(issuer), envelope.targets)
        return effects_on(
            originals,
            envelope,
            sender=examined.sender,
            recipients=recipients,
            current=lambda code: directory.canonical(code) or code,
            at=at,
            attestor=self._attestor,
        )

    def _decide(self, package: Package, examined: Examined, at: datetime) -> Accepted:
        deliveries = deliveries_of(package, examined, deadline_at=at + self._lifetime)
        return Accepted(package, deliveries, self._attestor.acceptance(package), is_replay=False)

    def _changes(self, accepted: Accepted, content: Content, effects: Effects, room: Room | None) -> Changes:
        changes = self._consequences(accepted, effects)
        events = (accepted.receipt, *changes.events)
        return structs.replace(changes, package=accepted.package, room=room, content=content, events=events)

    def _consequences(self, accepted: Accepted, effects: Effects) -> Changes:
        """Return what follows from a package for its recipients and for earlier documents."""
        directory = self._register.snapshot.directory
        return Changes(
            deliveries=accepted.deliveries,
            orders=(
                *(consign(each, directory.system(each.system_id), accepted.package) for each in accepted.deliveries),
                *tell(directory, effects.events),
            ),
            moves=effects.moves,
            reported=effects.reported,
            events=effects.events,
        )

    async def _repeated(self, caller: Caller, spooled: Spooled, recipient: str | None) -> Accepted | None:
        """Return the acceptance of these very bytes from this system (for this recipient), if there was one.

        Since then a recipient may have been closed or a certificate have ended. Who did not get the first answer would read a
        refusal as "it never went out", and send it again in another form.
        """
        wanted = self._register.snapshot.directory.canonical(recipient) or recipient
        for known in await self._store.of_content(spooled.sha256):
            went_there = wanted is None or any(each.recipient == wanted for each in known.deliveries)
            if known.package.system_id == caller.system_id and went_there:
                return await self._replay(known.package.id, spooled)
        return None

    async def _replay(self, package_id: PackageId, spooled: Spooled) -> Accepted:
        package = await self._store.package(package_id)
        (standing,) = await self._store.standings((package_id,))
        if package is None or standing.acceptance is None:
            raise Defect("defect", detail=f"package {package_id} has no acceptance")
        if package.sha256 != spooled.sha256:
            raise Refusal(
                "message-id-conflict",
                detail=f"Document {package.document_id!r} was already sent with other content (package {package.id}).",
                detail_vi=f"Văn bản {package.document_id!r} đã được gửi với nội dung khác (gói tin {package.id}).",
            )
        return Accepted(package, tuple(map(as_accepted, standing.deliveries)), standing.acceptance, is_replay=True)

    async def _added(self, package_id: PackageId, spooled: Spooled, examined: Examined, content: Content) -> Accepted:
        """Add deliveries to recipients for whom the package came just now; its content may have been purged meanwhile."""
        for _ in range(_ATTEMPTS):
            replayed = await self._replay(package_id, spooled)
            known = {delivery.recipient for delivery in replayed.deliveries}
            routes = tuple(route for route in examined.routes if route.recipient not in known)
            if not routes:
                return replayed
            late = structs.replace(examined, routes=routes)
            at = self._clock()
            deliveries = deliveries_of(replayed.package, late, deadline_at=at + self._lifetime)
            added = structs.replace(replayed, deliveries=deliveries)
            effects = await self._effects(late, at)
            try:
                await self._store.record(structs.replace(self._consequences(added, effects), content=content))
            except Stale:  # also when another process has just added the same recipient
                continue
            return structs.replace(replayed, deliveries=(*replayed.deliveries, *deliveries))
        raise _restless()

    async def _refuse(self, caller: Caller, spooled: Spooled, refusal: Refusal) -> RefusedWithReceipt:
        at = self._clock()
        attempt = Attempt(sha256=spooled.sha256, size=spooled.size, system_id=str(caller.system_id))
        receipt = self._attestor.rejection(attempt, at=at, reason=Reason(code=refusal.code, text=refusal.detail))
        refused = RefusedSubmission(
            id=receipt.id,
            at=at,
            system_id=attempt.system_id,
            code=refusal.code,
            detail=refusal.detail,
            sha256=spooled.sha256,
            size=spooled.size,
            faults=refusal.faults,
        )
        await self._store.record(Changes(refused=refused, events=(receipt,)))
        return RefusedWithReceipt(refusal, receipt)


def _restless() -> Defect:
    return Defect("defect", detail="an earlier delivery kept moving while a decision about it was being made")


def key_of(envelope: Envelope, document_id: str, sha256: str) -> str:
    """Return what makes a package unique for its sender."""
    is_single = envelope.kind is Kind.DOCUMENT and envelope.business in {Business.NEW, Business.REPLACE}
    digest = "" if is_single else f":{sha256}"
    return f"{envelope.kind}:{envelope.business}:{document_id}{digest}"


def package_of(examined: Examined, content: Content, *, system_id: str, at: datetime) -> Package:
    """Return the package row of an examined submission."""
    envelope = examined.envelope
    return Package(
        id=PackageId(uuid7()),
        key=key_of(envelope, envelope.document_id, content.sha256),
        document_id=envelope.document_id,
        kind=str(envelope.kind),
        business=str(envelope.business),
        sender=examined.sender,
        system_id=system_id,
        notation=envelope.notation,
        subject=envelope.subject,
        urgency=envelope.urgency,
        sha256=content.sha256,
        size=content.size,
        accepted_at=at,
        signature=examined.signature,
        details=details_of(envelope),
    )


def details_of(envelope: Envelope) -> Details:
    """Return what is shown of an envelope beyond the searchable columns."""
    return Details(
        attachments=tuple(
            Attachment(
                name=each.name,
                declared_type=each.declared_type,
                media_type=each.media_type,
                size=each.size,
                sha256=each.sha256,
            )
            for each in envelope.attachments
        ),
        notes=tuple(note.rule for note in envelope.notes),
        reason=envelope.reason,
        status_code=str(envelope.status_code) if isinstance(envelope, StatusEnvelope) else None,
        sent_at=envelope.sent_at,
    )


def deliveries_of(package: Package, examined: Examined, *, deadline_at: datetime) -> tuple[Delivery, ...]:
    """Return one new delivery per route."""
    lane = lane_of(package.urgency)
    return tuple(
        Delivery(
            id=DeliveryId(uuid7()),
            package_id=package.id,
            recipient=route.recipient,
            system_id=route.system_id,
            lane=lane,
            state=State.ACCEPTED,
            deadline_at=deadline_at,
        )
        for route in examined.routes
    )


def as_accepted(delivery: Delivery) -> Delivery:
    """Return the delivery as it stood when its package was accepted."""
    return Delivery(
        id=delivery.id,
        package_id=delivery.package_id,
        recipient=delivery.recipient,
        system_id=delivery.system_id,
        lane=delivery.lane,
        state=State.ACCEPTED,
        deadline_at=delivery.deadline_at,
    )


def _inconsistent(stated: str, found: str) -> Refusal:
    return Refusal(
        "request-inconsistent",
        detail=f"The request says {stated!r}, the package {found!r}.",
        detail_vi=f"Yêu cầu ghi {stated!r} nhưng gói tin ghi {found!r}: tham số và tệp không cùng một lần gửi; hãy gửi lại.",
    )
