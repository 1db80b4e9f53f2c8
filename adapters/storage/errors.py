"""Foreign errors of the database and the disk, turned into the hub's own once, at this border."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from hub.trouble import Defect, Deferral, Trouble

_EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})
_DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_SQLITE_UNAVAILABLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
    }
)
#: SQLSTATE classes (PostgreSQL appendix A): connection, resources, operator intervention and time limits, system error,
#: rollback (serialization, deadlock), a lock that was not to be had, a session that idled too long, a standby's refusal to write.
_SQLSTATE_UNAVAILABLE = ("08", "53", "57", "58", "40", "55P03", "25P03", "25006")
_SQLSTATE_DISK_FULL = "53100"


@contextmanager
def translated() -> Iterator[None]:
    """Raise for whatever database or disk raised: `Deferral` (storage-full, storage-unavailable, overloaded) or `Defect`."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise trouble_of(error) from error


def trouble_of(error: SQLAlchemyError | OSError) -> Trouble:
    """Return what a foreign error means to the hub."""
    if isinstance(error, OSError):
        codes = {"storage-full": _DISK_FULL, "overloaded": _EXHAUSTED}
        code = next((code for code, numbers in codes.items() if error.errno in numbers), "storage-unavailable")
        return Deferral(code, detail=error.strerror or type(error).__name__)
    if isinstance(error, PoolTimeout):
        return Deferral("storage-unavailable", detail="no connection became free")
    if isinstance(error, DBAPIError):
        known = _code_of(error)
        if known is not None:
            return Deferral(known, detail=str(error.orig))
    return Defect("defect", detail=str(error))


def _code_of(error: DBAPIError) -> str | None:
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        primary = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if primary == sqlite3.SQLITE_FULL:
            return "storage-full"
        return "storage-unavailable" if primary in _SQLITE_UNAVAILABLE else None
    state = getattr(cause, "sqlstate", None)
    if state == _SQLSTATE_DISK_FULL:
        return "storage-full"
    if error.connection_invalidated or (state is not None and state.startswith(_SQLSTATE_UNAVAILABLE)):
        return "storage-unavailable"
    if state is None and isinstance(
        error, OperationalError
    ):  # no server answered: refused, starting up, connection lost
        return "storage-unavailable"
    return None
