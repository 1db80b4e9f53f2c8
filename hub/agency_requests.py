"""What a system asks of the administrator: that an agency be registered, changed, or deleted.

The national SDK lets any caller with a secret change the directory, and its signature does not even cover what is to be
registered. So such a call changes nothing: from a system with that right it becomes a request, which a person decides.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from msgspec import Struct, structs

from hub.accounts import Caller
from hub.ids import uuid7
from hub.ports import Clock
from hub.register import CurrentRegister
from hub.trouble import Refusal
from routing.codes import is_one_line, is_well_formed
from routing.values import Agency

_LONGEST_NAME = 200


class Action(StrEnum):
    """What is asked."""

    REGISTER = "register"  #: a new agency, or another name or parent for a known one
    DELETE = "delete"


class Standing(StrEnum):
    """Where a request stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


class AgencyRequest(Struct, frozen=True, kw_only=True):
    """One request; `contact` is what the caller wrote of mail and telephones, for people."""

    id: str
    at: datetime
    system_id: str
    action: Action
    code: str
    name: str
    parent: str | None
    contact: str
    standing: Standing = Standing.PENDING
    decided_at: datetime | None = None
    note: str = ""


class RequestBook(Protocol):
    """Where requests are kept."""

    async def add_request(self, request: AgencyRequest) -> None:
        """Keep a request, unless an equal one is pending."""


class AgencyRequests:
    """Takes requests."""

    def __init__(self, *, book: RequestBook, register: CurrentRegister, clock: Clock) -> None:
        self._book = book
        self._register = register
        self._clock = clock

    async def ask_to_register(self, caller: Caller, *, code: str, name: str, parent: str | None, contact: str) -> None:
        """Ask for an agency of the caller's system; raise `Refusal` when nobody could approve it."""
        directory = self._register.snapshot.directory
        if not is_well_formed(code):
            raise _invalid(
                "code", "Mã định danh thiếu hoặc sai dạng (ví dụ H37.05).", "The code is missing or malformed."
            )
        if not name.strip() or len(name) > _LONGEST_NAME or not is_one_line(name):
            raise _invalid(
                "name",
                "Tên cơ quan thiếu, quá dài hoặc có ký tự điều khiển.",
                "The name is missing, too long, or has control characters.",
            )
        known, above = directory.agency(code), None if parent is None else directory.agency(parent)
        if parent is not None and (above is None or above is known):
            raise _invalid("pcode", f"Không có cơ quan cấp trên {parent}.", f"There is no agency {parent} above it.")
        if known is not None and known.system_id != caller.system_id:
            raise _not_its(code)
        await self._ask(
            caller,
            Action.REGISTER,
            code=known.code if known else code,  # a second agency under an old code would take the messages of this one
            name=name.strip(),
            parent=above.code if above else None,
            contact=contact,
        )

    async def ask_to_delete(self, caller: Caller, code: str) -> None:
        """Ask that an agency of the caller's system be closed."""
        agency = self._register.snapshot.directory.agency(code)
        if agency is None or agency.system_id != caller.system_id:
            raise _not_its(code)
        await self._ask(caller, Action.DELETE, code=agency.code, name=agency.name, parent=agency.parent, contact="")

    async def _ask(self, caller: Caller, action: Action, **about: str | None) -> None:
        request = AgencyRequest(id=uuid7(), at=self._clock(), system_id=caller.name, action=action, **about)  # type: ignore[arg-type]  # code and name are text
        await self._book.add_request(request)


def approved(request: AgencyRequest, known: Agency | None, on: date) -> Agency:
    """Return the agency as it stands once a request is approved on a day.

    A deleted agency is closed, not removed: what was sent to it keeps its name.
    """
    if request.action is Action.DELETE:
        if known is None:
            raise ValueError(request.code)
        return structs.replace(known, valid_to=on - timedelta(days=1))
    if known is None:
        return Agency(request.code, request.name, parent=request.parent, system_id=request.system_id, valid_from=on)
    return structs.replace(known, name=request.name, parent=request.parent or known.parent, valid_to=None)


def _not_its(code: str) -> Refusal:
    return Refusal(
        "not-authorised",
        detail=f"Agency {code!r} is unknown or belongs to another system.",
        detail_vi=f"Cơ quan {code!r} không có trong danh bạ hoặc thuộc hệ thống khác.",
    )


def _invalid(name: str, vi: str, en: str) -> Refusal:
    return Refusal("query-invalid", detail=f"{name}: {en}", detail_vi=f"{name}: {vi}")
