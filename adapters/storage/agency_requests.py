"""Requests of systems about the directory, and what an administrator decides: one transaction with the change itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select, update

from adapters.storage.bulk import BulkInsert
from adapters.storage.register_changes import NotRegistered, RegisterChanges
from adapters.storage.register_tables import agency_requests
from adapters.storage.times import micros, moment, moment_or_none
from hub.agency_requests import Action, AgencyRequest, Standing

_add = BulkInsert(agency_requests)


class AlreadyDecided(Exception):
    """Somebody has decided about this request before."""


class AgencyRequestBook(RegisterChanges):
    """The part of the register that keeps requests."""

    async def add_request(self, request: AgencyRequest) -> None:
        """Keep a request, unless an equal one is pending. The register's version stays: nothing has changed yet."""

        def work(connection: Connection) -> None:
            table = agency_requests.c
            pending = select(table.id).where(
                table.state == Standing.PENDING.value,
                table.system_id == request.system_id,
                table.action == request.action.value,
                table.code == request.code,
                table.name == request.name,
            )
            if connection.execute(pending).first() is None:
                _add(connection, [_row(request)])

        await self._database.writer.run(work)

    async def requests(self, standing: Standing | None = None) -> tuple[AgencyRequest, ...]:
        """Return requests, oldest first."""
        wanted = select(agency_requests).order_by(agency_requests.c.id)
        if standing is not None:
            wanted = wanted.where(agency_requests.c.state == standing.value)
        return await self._database.read(lambda connection: tuple(map(_request, connection.execute(wanted))))

    async def reject_request(self, request_id: str, at: datetime, note: str) -> None:
        """Say no."""

        def work(connection: Connection) -> None:
            _decide(connection, _pending(connection, request_id), Standing.REJECTED, at, note)

        await self._database.writer.run(work)

    async def _approve(
        self, request_id: str, at: datetime, on: date, carry_out: Callable[[Connection, AgencyRequest, date], None]
    ) -> None:
        def work(connection: Connection) -> None:
            request = _pending(connection, request_id)
            carry_out(connection, request, on)
            _decide(connection, request, Standing.APPROVED, at, "")

        await self._change(work)


def _pending(connection: Connection, request_id: str) -> AgencyRequest:
    row = connection.execute(select(agency_requests).where(agency_requests.c.id == request_id)).first()
    if row is None:
        raise NotRegistered(f"agency_requests: {request_id}")
    request = _request(row)
    if request.standing is not Standing.PENDING:
        raise AlreadyDecided(request_id)
    return request


def _decide(connection: Connection, request: AgencyRequest, standing: Standing, at: datetime, note: str) -> None:
    decided = {"state": standing.value, "decided_at": micros(at), "note": note}
    connection.execute(update(agency_requests).where(agency_requests.c.id == request.id).values(decided))


def _row(request: AgencyRequest) -> tuple[Any, ...]:
    return (
        request.id,
        micros(request.at),
        request.system_id,
        request.action.value,
        request.code,
        request.name,
        request.parent,
        request.contact,
        request.standing.value,
        None,
        request.note,
    )


def _request(row: Any) -> AgencyRequest:
    return AgencyRequest(
        id=row.id,
        at=moment(row.at),
        system_id=row.system_id,
        action=Action(row.action),
        code=row.code,
        name=row.name,
        parent=row.parent,
        contact=row.contact,
        standing=Standing(row.state),
        decided_at=moment_or_none(row.decided_at),
        note=row.note,
    )
