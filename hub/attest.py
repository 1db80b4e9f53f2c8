"""Turns a fact into an event row with its signed receipt (what it says: docs/receipts.md)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import UNSET, Struct

from hub.delivery import Delivery
from hub.events import Event
from hub.ids import EventId, uuid7
from hub.lifecycle import State
from hub.package import Package
from hub.randomness import token
from hub.record import EventRecord, fact
from hub.trouble import Deferral
from signing.receipt import Origin, PackageReference, Reason, Receipt, Sealer

_LONGEST = 4000  #: characters of a reason; no form has room for more, and a receipt of over 64 KiB is opened by nobody

_RENEWAL = timedelta(minutes=1)  #: somebody has to install a new certificate


class Attempt(Struct, frozen=True, kw_only=True):
    """What is known of a submission that was refused: enough for its sender to recognise it, nothing that it claims."""

    sha256: str
    size: int
    system_id: str


class Attestor:
    """Signs receipts in the name of one hub. Every receipt gets a nonce, so that the public log gives nothing away."""

    def __init__(
        self,
        hub_code: str,
        sealer: Sealer,
        epoch: Callable[[], int | None] = lambda: None,
        is_in_force: Callable[[datetime], bool] = lambda _: True,
    ) -> None:
        """Take what to sign with, and what to ask.

        `epoch` is what later receipts say of a restored database (`hub.continuity`); None: nothing was restored. `is_in_force`
        tells whether the hub's certificate is at a moment.
        """
        self._hub_code = hub_code
        self._sealer = sealer
        self._epoch = epoch
        self._is_in_force = is_in_force

    def acceptance(self, package: Package) -> EventRecord:
        """Attest that the package was accepted.

        Raises `Deferral` signing-unavailable while the hub's certificate is not in force: nobody would believe the receipt. What
        was accepted before goes its way.
        """
        if not self._is_in_force(package.accepted_at):
            raise Deferral(
                "signing-unavailable",
                retry_after=_RENEWAL,
                detail="The hub's certificate is not in force, and nothing is accepted without a receipt that can be verified.",
                detail_vi="Chứng thư của trục không còn hiệu lực; trục không nhận gói tin khi biên nhận không kiểm tra được.",
            )
        return self._record(Event.SUBMISSION_ACCEPTANCE, package, None, at=package.accepted_at)

    def rejection(self, attempt: Attempt, *, at: datetime, reason: Reason) -> EventRecord:
        """Attest that an authenticated submission was refused, with the digest of what was sent."""
        event_id = uuid7()
        reason = _fitting(reason)
        receipt = Receipt(
            id=event_id,
            event=Event.SUBMISSION_REJECTION,
            at=at,
            hub=self._hub_code,
            package=PackageReference(id=None, document_id=None, sha256=attempt.sha256, size=attempt.size),
            sender=None,
            recipient=None,
            delivery=None,
            origin=Origin.TRANSPORT,
            signer_certificate_sha256=None,
            reason=reason,
            nonce=token().hex(),
            epoch=self._epoch() or UNSET,
        )
        return EventRecord(
            id=EventId(event_id),
            event=Event.SUBMISSION_REJECTION,
            at=at,
            package_id=None,
            document_id=None,
            sender=None,
            sender_system=attempt.system_id,
            reason=reason,
            jws=self._sealer.seal(receipt),
        )

    def happened(
        self,
        event: Event,
        package: Package,
        delivery: Delivery,
        *,
        at: datetime,
        state: State | None = None,
        reason: Reason | None = None,
    ) -> EventRecord:
        """Attest that `event` happened to a delivery, which is in `state` after it."""
        return self._record(event, package, delivery, at=at, state=state, reason=reason)

    def _record(
        self,
        event: Event,
        package: Package,
        delivery: Delivery | None,
        *,
        at: datetime,
        state: State | None = None,
        reason: Reason | None = None,
    ) -> EventRecord:
        event_id = EventId(uuid7())
        reason = None if reason is None else _fitting(reason)
        jws = self._seal(event_id, event, package, delivery, at, reason)
        return fact(event, package, delivery, at=at, state=state, reason=reason, id_=event_id, jws=jws)

    def _seal(
        self,
        event_id: EventId,
        event: Event,
        package: Package,
        delivery: Delivery | None,
        at: datetime,
        reason: Reason | None,
    ) -> str:
        return self._sealer.seal(
            Receipt(
                id=event_id,
                event=event,
                at=at,
                hub=self._hub_code,
                package=PackageReference(
                    id=package.id, document_id=package.document_id, sha256=package.sha256, size=package.size
                ),
                sender=package.sender,
                recipient=delivery.recipient if delivery else None,
                delivery=delivery.id if delivery else None,
                origin=package.signature.origin,
                signer_certificate_sha256=package.signature.signer,
                reason=reason,
                nonce=token().hex(),
                epoch=self._epoch() or UNSET,
            )
        )


def _fitting(reason: Reason) -> Reason:
    """Return a reason that a receipt has room for: some are other people's words, such as another axis's."""
    if len(reason.text) <= _LONGEST:
        return reason
    return Reason(code=reason.code, text=f"{reason.text[: _LONGEST - 1]}…")
