"""Rows of packages that went through a hub long ago, consistent with each other: the content of `bench.fill`.

Packages are spread evenly over the past, oldest first. A few agencies send and receive most of them, as in life; most
have come to their end, and of the youngest some still wait. Receipts are not signed: a signature of each would take
hours and prove nothing here.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from msgspec import Struct

from adapters.storage.tables import contents, deliveries, events, orders, packages, refusals
from adapters.storage.terms import ORDER_DONE, ORDER_WAITING
from adapters.storage.times import micros
from hub.events import Event
from hub.lifecycle import State
from hub.order import Purpose
from routing.values import Binding, Lane

Row = tuple[object, ...]
Rows = dict[str, list[Row]]  #: rows by table, in the order of `COLUMNS`

#: What the database itself or nobody fills: the number of an event, the time at which a content was purged.
_LEFT_OUT = frozenset({"seq", "purged_at"})
#: What is filled, parents first.
COLUMNS: dict[str, tuple[str, ...]] = {
    table.name: tuple(column.name for column in table.columns if column.name not in _LEFT_OUT)
    for table in (contents, packages, deliveries, events, orders, refusals)
}

_SECOND = 1_000_000
_LIFETIME = 30 * 86_400 * _SECOND
_URGENT_SHARE = 0.05
_ENDS = (State.HANDED_OVER, State.REFUSED, State.WITHDRAWN, State.EXPIRED, State.DEAD)
_END_WEIGHTS = (9_700, 100, 100, 90, 10)
_LAST_EVENT = {
    State.HANDED_OVER: Event.CONTENT_HANDOVER,
    State.REFUSED: Event.CONTENT_HANDOVER_FAILURE,
    State.WITHDRAWN: Event.WITHDRAWAL,
    State.EXPIRED: Event.EXPIRY,
    State.DEAD: Event.CONTENT_CONSIGNMENT_FAILURE,
}
_YOUNG_SHARE = 0.002
_REFUSED_SHARE = 0.02
_CODES = ("schema-invalid", "signature-invalid", "certificate-revoked", "no-route", "message-id-conflict")
_SUBJECTS = (
    "Về việc báo cáo tình hình",
    "Giấy mời họp giao ban",
    "Triển khai kế hoạch năm",
    "Trả lời kiến nghị cử tri",
)
_JWS = "eyJhbGciOiJFUzI1NiJ9.e30."  # and the event's id instead of a signature


class Party(Struct, frozen=True):
    """An agency, the system that acts for it, and how that receives."""

    code: str
    system_id: str
    binding: Binding = Binding.PULL


class Plan(Struct, frozen=True, kw_only=True):
    """How much past, until when, and among whom; the first parties have most of it.

    With `body` it is the content of every package; else each has a few bytes of its own.
    """

    packages: int
    until: datetime
    span: timedelta
    parties: tuple[Party, ...]
    recipients: int = 4  #: at most; on average half of it and a half
    seed: int = 1
    body: bytes = b""
    young_share: float = _YOUNG_SHARE  #: of the packages, the last: their deliveries wait in inboxes


def made_up(count: int) -> tuple[Party, ...]:
    """Return agencies that no register knows: rows keep what was true when they were written."""
    return tuple(Party(f"X99.{number:04}", f"sys-x99-{number:04}") for number in range(count))


def past(plan: Plan, size: int = 2_000) -> Iterator[Rows]:
    """Yield the rows of `plan`, those of up to `size` packages at a time."""
    maker = _Maker(plan)
    for start in range(0, plan.packages, size):
        yield maker.rows(range(start, min(start + size, plan.packages)))


def waiting_for(
    absent: Party, sender: Party, *, count: int, until: datetime, seed: int = 2, body: bytes = b""
) -> Iterator[Rows]:
    """Yield packages of the last hour for a system that does not come.

    To one that asks they are consigned already; to one that is called their orders are due.
    """
    plan = Plan(packages=count, until=until, span=timedelta(hours=1), parties=(sender,), seed=seed, body=body)
    maker = _Maker(plan)
    state = State.CONSIGNED if absent.binding in {Binding.PULL, Binding.VXP} else State.ACCEPTED
    for start in range(0, count, 2_000):
        yield maker.rows(range(start, min(start + 2_000, count)), only=(absent, state))


class _Maker:
    """Makes rows; the same plan makes the same rows."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._random = random.Random(plan.seed)
        self._mark = f"{self._random.getrandbits(24):06x}"
        self._weights = tuple(accumulate(1 / place for place in range(1, len(plan.parties) + 1)))
        self._first = micros(plan.until - plan.span)
        self._step = (plan.span // timedelta(microseconds=1)) // max(1, plan.packages)
        self._ids = 0

    def rows(self, numbers: range, only: tuple[Party, State] | None = None) -> Rows:
        """Return the rows of these packages; with `only` all of them go to one party and stand in one state."""
        rows: Rows = {name: [] for name in COLUMNS}
        for number in numbers:
            at = self._first + number * self._step
            sender = self._draw(1)[0]
            if only is not None:
                self._package(rows, number, at, sender, [only])
                continue
            recipients = self._draw(self._random.randint(1, self._plan.recipients))
            is_young = number >= self._plan.packages * (1 - self._plan.young_share)
            states = [State.CONSIGNED] * len(recipients) if is_young else self._ends(len(recipients))
            self._package(rows, number, at, sender, list(zip(recipients, states, strict=True)))
            if self._random.random() < _REFUSED_SHARE:
                rows["refusals"].append(self._refusal(number, at, sender))
        return rows

    def _package(self, rows: Rows, number: int, at: int, sender: Party, routes: Sequence[tuple[Party, State]]) -> None:
        package_id = self._id(at)
        document_id = f"{sender.code},{datetime.fromtimestamp(at / _SECOND, UTC):%Y/%m/%d},{self._mark}/{number}"
        data = self._plan.body or document_id.encode()
        sha256 = hashlib.sha256(data).hexdigest()
        is_urgent = self._random.random() < _URGENT_SHARE
        subject = _SUBJECTS[number % len(_SUBJECTS)]
        if not self._plan.body or number == 0:
            rows["contents"].append((sha256, len(data), data))
        rows["packages"].append(
            (
                package_id,
                f"document:new:{document_id}",
                document_id,
                "document",
                "new",
                sender.code,
                sender.system_id,
                f"{number % 3_000}/BC-{sender.code}",
                subject,
                int(is_urgent),
                sha256,
                len(data),
                at,
                "valid",
                None,
                "required",
                "",
            )
        )
        about = (package_id, document_id, sender.code, sender.system_id)
        rows["events"].append(self._event(Event.SUBMISSION_ACCEPTANCE, at, about))
        lane = (Lane.URGENT if is_urgent else Lane.NORMAL).value
        for position, (recipient, state) in enumerate(routes):
            self._delivery(rows, at, about, position, recipient, state, lane)

    def _delivery(
        self, rows: Rows, at: int, about: Row, position: int, recipient: Party, state: State, lane: str
    ) -> None:
        delivery_id = self._id(at)
        consigned_at, ended_at = at + _SECOND, at + 60 * _SECOND
        was_queued, was_consigned = state is not State.ACCEPTED, state not in {State.ACCEPTED, State.DEAD}
        rows["deliveries"].append(
            (
                delivery_id,
                about[0],
                position,
                recipient.code,
                recipient.system_id,
                lane,
                state.value,
                at + _LIFETIME,
                "03" if state is State.HANDED_OVER and at % 2 else None,
                consigned_at if was_consigned else None,
                ended_at if state is State.HANDED_OVER else None,
                0,
            )
        )
        of = (delivery_id, recipient.code, recipient.system_id)
        if was_queued:
            rows["events"].append(self._event(Event.QUEUING, at, about, of, State.QUEUED))
        if was_consigned:
            rows["events"].append(self._event(Event.CONTENT_CONSIGNMENT, consigned_at, about, of, State.CONSIGNED))
        if state in _LAST_EVENT:
            rows["events"].append(self._event(_LAST_EVENT[state], ended_at, about, of, state))
        order_state = ORDER_DONE if was_queued else ORDER_WAITING
        rows["orders"].append(
            (
                self._id(at),
                Purpose.CONSIGN.value,
                recipient.system_id,
                recipient.binding.value,
                lane,
                at,
                delivery_id,
                None,
                0,
                order_state,
                at if was_queued else None,
                None,
                0,
            )
        )

    def _event(
        self, event: Event, at: int, about: Row, of: Row = (None, None, None), state: State | None = None
    ) -> Row:
        id_ = self._id(at)
        jws = None if event is Event.QUEUING else _JWS + id_
        return (id_, event.value, at, *about, *of, None if state is None else state.value, None, None, jws)

    def _refusal(self, number: int, at: int, sender: Party) -> Row:
        id_ = self._id(at)
        code = _CODES[number % len(_CODES)]
        return (id_, at, sender.system_id, code, "", hashlib.sha256(id_.encode()).hexdigest(), 8_000, None, None, "")

    def _draw(self, count: int) -> list[Party]:
        return self._random.choices(self._plan.parties, cum_weights=self._weights, k=count)

    def _ends(self, count: int) -> list[State]:
        return self._random.choices(_ENDS, _END_WEIGHTS, k=count)

    def _id(self, at: int) -> str:
        """Return the next UUIDv7 of this moment (microseconds)."""
        self._ids += 1
        tail = f"{self._ids & 0xFFF:03x}{0x8000 | (self._ids >> 12) & 0x3FFF:04x}{self._random.getrandbits(48):012x}"
        head = f"{at // 1000:012x}"
        return f"{head[:8]}-{head[8:]}-7{tail[:3]}-{tail[3:7]}-{tail[7:]}"
