"""Look-ups by key on a server: those that are asked while others are being answered go there together.

A look-up of its own costs three round trips (BEGIN, SELECT, COMMIT), two changes of thread and the start of a plan: some 0.8 ms
of CPU in both processes. So all that was asked for in a round of the event loop, and while the thread was busy, is asked as one
statement for each kind of look-up, `WHERE key = ANY (…)`, outside transactions: a statement sees what was committed when it
began, which is after every one of them was asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, Engine, Select, Text, any_, bindparam
from sqlalchemy.exc import OperationalError

from adapters.storage.dialects import cut, was_ended
from adapters.storage.errors import translated
from hub.trouble import Deferral

Row = Sequence[Any]
_MOST_KEYS = 64  #: of one kind in a batch: contents of 32 KB are among what is read
#: These statements go by the index of the key, however small the tables were when the server planned them.
_BY_INDEX = "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off"


class Keyed:
    """A read by one key: the same rows asked for one of them (`one`, value `key`) or for many (`many`, value `keys`).

    Rows of `many` have the key behind all other columns.
    """

    def __init__(self, statement: Select[Any], column: ColumnElement[str]) -> None:
        self.one = statement.where(column == bindparam("key"))
        self.many = statement.add_columns(column).where(column == any_(bindparam("keys", type_=ARRAY(Text))))


Asked = dict[Keyed, dict[str, list[asyncio.Future[Sequence[Row]]]]]


class GatheredReader:
    """One thread with a connection of its own, which answers all that has gathered while it answered what came before."""

    def __init__(self, engine: Engine, silence: timedelta) -> None:
        self._engine = engine
        self._silence = silence.total_seconds()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="axis-lookups")
        self._connection: Connection | None = None
        self._sql: dict[Keyed, tuple[str, Mapping[str, object]]] = {}  # with the values that stand in it already
        self._asked: Asked = {}
        self._answering: asyncio.Task[None] | None = None
        self._is_silent = False  #: a batch has been with the database for longer than that

    async def rows(self, keyed: Keyed, key: str) -> Sequence[Row]:
        """Return the rows of one key; raise `Deferral` when the database cannot be read."""
        if self._is_silent:
            raise _no_answer()
        future: asyncio.Future[Sequence[Row]] = asyncio.get_running_loop().create_future()
        self._asked.setdefault(keyed, {}).setdefault(key, []).append(future)
        if self._answering is None:
            self._answering = asyncio.create_task(self._answer_all(), name="look-ups")
        return await future

    async def close(self) -> None:
        """Answer what was asked and stop the thread; a database that says nothing is not waited for."""
        while self._answering is not None:
            await asyncio.wait((self._answering,), timeout=0.0 if self._is_silent else self._silence)
            if self._is_silent and self._connection is not None:
                cut(self._connection)
                await asyncio.wait((self._answering,), timeout=self._silence)
        self._thread.shutdown()
        self._close()

    async def _answer_all(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._asked:
                await asyncio.sleep(0)  # whoever else is ready asks in this round
                batch = self._draw()
                limit = loop.call_later(self._silence, self._give_up, batch)
                try:
                    found = await loop.run_in_executor(self._thread, self._read, _keys_of(batch))
                except Exception as error:  # noqa: BLE001 - it belongs to those who asked
                    _refuse(batch, error)
                else:
                    _answer(batch, found)
                finally:
                    limit.cancel()
                    self._is_silent = False
        finally:
            self._answering = None

    def _draw(self) -> Asked:
        batch: Asked = {}
        for keyed, asked in list(self._asked.items()):
            batch[keyed] = {key: asked.pop(key) for key in list(islice(asked, _MOST_KEYS))}
            if not asked:
                del self._asked[keyed]
        return batch

    def _give_up(self, batch: Asked) -> None:
        """Tell all who wait that the database is silent: it may hang for hours."""
        self._is_silent = True
        _refuse(batch, _no_answer())
        _refuse(self._asked, _no_answer())
        self._asked.clear()

    def _read(self, wanted: Mapping[Keyed, list[str]]) -> dict[Keyed, dict[str, list[Row]]]:
        with translated(), self._cursor() as cursor:
            found: dict[Keyed, dict[str, list[Row]]] = {}
            for keyed, keys in wanted.items():
                theirs = found[keyed] = {}
                for row in self._rows(cursor, keyed, keys):
                    theirs.setdefault(row[-1], []).append(row)
            return found

    def _rows(self, cursor: Any, keyed: Keyed, keys: list[str]) -> Sequence[Row]:
        known = self._sql.get(keyed)
        if known is None:
            compiled = keyed.many.compile(self._engine)
            known = self._sql[keyed] = str(compiled), compiled.params
        sql, fixed = known
        rows: Sequence[Row] = cursor.execute(sql, {**fixed, "keys": keys}, prepare=True).fetchall()
        return rows

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        """Give a cursor of the driver itself; its connection is given up after an error."""
        if self._connection is not None and was_ended(self._connection):
            self._close()
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
                _driver(self._connection).autocommit = True
                _driver(self._connection).execute(_BY_INDEX)
            yield _driver(self._connection).cursor(binary=True)
        except BaseException as error:
            self._close()
            if isinstance(error, self._engine.dialect.loaded_dbapi.Error):
                raise OperationalError("look-ups by key", None, error) from error
            raise

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()  # not back into the pool: it has settings of its own
            connection.close()


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _keys_of(batch: Asked) -> dict[Keyed, list[str]]:
    return {keyed: list(asked) for keyed, asked in batch.items()}


def _answer(batch: Asked, found: Mapping[Keyed, Mapping[str, Sequence[Row]]]) -> None:
    for keyed, asked in batch.items():
        for key, futures in asked.items():
            for future in futures:
                if not future.done():  # else its caller has gone
                    future.set_result(found[keyed].get(key, ()))


def _refuse(batch: Asked, error: Exception) -> None:
    for asked in batch.values():
        for futures in asked.values():
            for future in futures:
                if not future.done():
                    future.set_exception(_again(error))


def _again(error: Exception) -> Exception:
    """Return an equal error for another waiter: one exception must not be raised in several tasks."""
    if isinstance(error, Deferral):
        return Deferral(error.code, retry_after=error.retry_after, detail=error.detail)
    return error


def _no_answer() -> Deferral:
    return Deferral("storage-unavailable", detail="the database does not answer")
