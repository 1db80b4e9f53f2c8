"""Fill a hub's database with a past: `python -m bench.fill --packages N --database URL`.

The database is a migrated one that no hub works on; what is in it stays. Agencies of its register take part first, others
are made up. Indexes are dropped meanwhile and made again at the end, as the code describes them. On PostgreSQL rows come by
COPY, and the role must be a superuser, because foreign keys are not checked. A package has two and a half deliveries on
average: `--packages 2000000` makes five million, in some ten minutes and 20 GB.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, select, text

from adapters.storage import register_tables
from adapters.storage.tables import metadata
from bench.past import COLUMNS, Party, Plan, Rows, made_up, past, waiting_for
from routing.values import Binding

_INDEXED = [metadata.tables[name] for name in COLUMNS]


def main() -> None:
    """Fill and say how much."""
    parser = argparse.ArgumentParser(prog="python -m bench.fill", description=__doc__)
    parser.add_argument("--database", required=True, metavar="URL", help="as `storage.url` has it")
    parser.add_argument("--packages", type=int, default=0, metavar="N", help="packages of the past")
    parser.add_argument("--days", type=float, default=365.0, help="how far the past goes back")
    parser.add_argument("--others", type=int, default=300, help="made-up agencies beside those of the register")
    parser.add_argument("--absent", metavar="SYSTEM", help="a system of the register that does not come ...")
    parser.add_argument("--waiting", type=int, default=0, metavar="N", help="... and how many packages wait for it")
    arguments = parser.parse_args()
    known = registered(arguments.database)
    now = datetime.now(UTC)
    plan = Plan(
        packages=arguments.packages,
        until=now - timedelta(hours=2),
        span=timedelta(days=arguments.days),
        parties=(*known, *made_up(arguments.others)),
        seed=int(now.timestamp()),
    )
    began = time.monotonic()
    fill(arguments.database, past(plan), _tell)
    if arguments.absent:
        absent = next(party for party in known if party.system_id == arguments.absent)
        fill(arguments.database, waiting_for(absent, known[0], count=arguments.waiting, until=now), _tell)
    _tell(f"{time.monotonic() - began:.0f} s")


def registered(url: str) -> tuple[Party, ...]:
    """Return the agencies of the register that have a system."""
    agencies, systems = register_tables.agencies, register_tables.systems
    found = (
        select(agencies.c.code, systems.c.id, systems.c.binding).join_from(agencies, systems).order_by(agencies.c.code)
    )
    engine = create_engine(url)
    with engine.connect() as connection:
        parties = tuple(
            Party(code, system_id, Binding(binding)) for code, system_id, binding in connection.execute(found)
        )
    engine.dispose()
    return parties


def fill(url: str, portions: Iterable[Rows], tell: Callable[[str], None] = lambda _: None) -> int:
    """Write all portions; return how many packages there were."""
    engine = create_engine(url)
    pour = _copy if engine.dialect.name == "postgresql" else _insert
    count = 0
    with _without_indexes(engine, tell):
        for portion in portions:
            with engine.begin() as connection:
                pour(connection, portion)
            count += len(portion["packages"])
            if count % 100_000 == 0:
                tell(f"{count} packages")
    engine.dispose()
    return count


@contextmanager
def _without_indexes(engine: Engine, tell: Callable[[str], None]) -> Iterator[None]:
    """Drop the indexes and make them again at the end, even of a part: whoever stops the filling has a sound database."""
    indexes = [index for table in _INDEXED for index in sorted(table.indexes, key=lambda index: str(index.name))]
    for index in indexes:
        index.drop(engine, checkfirst=True)
    try:
        yield
    finally:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            is_server = connection.dialect.name == "postgresql"
            if is_server:
                connection.execute(text("SET maintenance_work_mem = '512MB'"))
            for index in indexes:
                tell(f"index {index.name}")
                index.create(connection)
            if is_server:  # as autovacuum has done it with rows that came one by one
                connection.execute(text("VACUUM ANALYZE"))


def _copy(connection: Connection, portion: Rows) -> None:
    driver: Any = connection.connection.dbapi_connection
    with driver.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name, rows in portion.items():
            with cursor.copy(f"COPY {name} ({', '.join(COLUMNS[name])}) FROM STDIN") as copy:
                copy.write("".join("\t".join(map(_copied, row)) + "\n" for row in rows))


def _copied(value: object) -> str:
    """Return a value as COPY reads it; no text of ours has a backslash, a tab or a line's end."""
    if value is None:
        return "\\N"
    return f"\\\\x{value.hex()}" if isinstance(value, bytes) else str(value)


def _insert(connection: Connection, portion: Rows) -> None:
    for name, rows in portion.items():
        columns = COLUMNS[name]
        if rows:
            statement = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
            connection.exec_driver_sql(statement, rows)


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
