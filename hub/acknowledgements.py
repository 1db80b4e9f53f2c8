"""The word of systems that consume their own queue: what became of a delivery.

It says the same as the inbox's ack and reject, and goes the same way; who said it is the user whom the broker has
authenticated, which is the system's id.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from hub.accounts import Caller, Role
from hub.handover import Concluded, Handover
from hub.register import CurrentRegister
from hub.trouble import Refusal
from routing.values import Binding
from signing.receipt import Reason


class Result(StrEnum):
    """What became of it."""

    HANDED_OVER = "handed_over"
    REFUSED = "refused"


class Word(Struct, frozen=True, forbid_unknown_fields=True):
    """What a system says of one delivery. `reason` is wanted for a refusal: the sender reads it."""

    delivery: Annotated[str, Meta(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    result: Result
    reason: Annotated[str, Meta(max_length=1000, pattern=r"^[^\x00-\x1f\x7f]*$")] | None = None
    reason_code: Annotated[str, Meta(pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")] = "refused-by-recipient"


class Acknowledgements:
    """Takes the words."""

    def __init__(self, handover: Handover, register: CurrentRegister) -> None:
        self._handover = handover
        self._register = register

    async def take(self, user: str | None, word: Word) -> Concluded:
        """Record one word; repeating it changes nothing.

        Raises:
            Refusal: not-authorised, not-found, delivery-ended, delivery-not-consigned, json-invalid.
            Deferral: the store cannot record it now.
        """
        system = self._register.snapshot.directory.system(user) if user else None
        if user is None or system is None or system.binding is not Binding.AMQP or not system.is_active:
            raise Refusal("not-authorised", detail=f"user_id {user!r} is no active system with the binding amqp")
        caller = Caller(system.id, Role.SYSTEM)
        if word.result is Result.HANDED_OVER:
            return await self._handover.acknowledge(caller, word.delivery)
        if not word.reason or not word.reason.strip():
            raise Refusal("json-invalid", detail="a refusal needs a reason")
        return await self._handover.reject(
            caller, word.delivery, Reason(code=word.reason_code, text=word.reason.strip())
        )
