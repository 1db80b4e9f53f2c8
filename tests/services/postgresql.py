"""A private PostgreSQL: Debian's programs, a free port of 127.0.0.1, a folder of its own, databases by the dozen.

One server per test process (pytest-xdist worker), started by the first test that wants it and ended with the session.
PostgreSQL refuses to run as root; there it runs as the user `postgres` that Debian's package makes. Trust
authentication and `fsync=off` are for tests only: they survive a crash of the server, not of the machine.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from psycopg import sql

from tests.services.programs import program
from tests.support.hub import free_port

START_LIMIT = 60.0
_USER = "axis"
_PACKAGE = "postgresql"
_NEW = ("-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions", "--no-sync")
_OPTIONS = {"listen_addresses": "127.0.0.1", "fsync": "off", "max_connections": "200", "log_min_messages": "fatal"}


class Postgresql:
    """One server in one folder. It can be stopped, crashed, frozen and started again on the same port."""

    wrapper: tuple[str, ...] = ()  #: a command that runs it: a tracer

    def __init__(self, folder: Path, options: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self._options = _OPTIONS | (options or {})
        self._names = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def create(self) -> Postgresql:
        """Make the data folder."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        subprocess.run(
            (program("initdb", _PACKAGE), "-D", str(self._data), "-U", _USER, *_NEW),
            check=True,
            stdout=subprocess.DEVNULL,
            **self._as_server(),
        )
        return self

    def start(self) -> Postgresql:
        """Start it and wait until it answers; after a crash it recovers first."""
        deadline = time.monotonic() + START_LIMIT
        while not self._answers():
            if (
                self._process is None or self._process.poll() is not None
            ):  # the last one's memory may take a moment to go
                self._launch()
            if time.monotonic() > deadline:
                raise AssertionError(f"PostgreSQL did not start:\n{self._log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.05)
        return self

    def stop(self) -> None:
        """Stop it as an administrator does: sessions are ended, everything is written."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """End it at once, without a checkpoint: the next start recovers from the log."""
        self._end(signal.SIGQUIT)

    def kill(self) -> None:
        """End it as a power cut would: SIGKILL to the server, whose sessions then end themselves."""
        self._end(signal.SIGKILL)

    @property
    def pid(self) -> int:
        """The process id of the running server, whose sessions are its children."""
        assert self._process is not None
        return self._process.pid

    def freeze(self) -> None:
        """Stop the server and all its sessions in the midst of whatever they do (SIGSTOP)."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on (SIGCONT)."""
        self._signal_all(signal.SIGCONT)

    def wait_for_end(self) -> None:
        """Wait until it has ended by itself, or by somebody else's hand."""
        assert self._process is not None
        self._process.wait(timeout=START_LIMIT)
        self._process = None

    def new_database(self, template: str = "template1") -> str:
        """Create a database; return its name."""
        name = f"axis_{next(self._names)}"
        self.administer(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, its sessions with it."""
        self.administer(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def administer(self, statement: sql.Composed | sql.SQL) -> None:
        """Run one statement of the server's administrator."""
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def url(self, name: str) -> str:
        """Return the address of a database as `storage.url` takes it."""
        return f"postgresql+psycopg://{_USER}@127.0.0.1:{self.port}/{name}"

    def connect(self, name: str) -> psycopg.Connection[Any]:
        """Return a connection of somebody else."""
        return psycopg.connect(self._conninfo(name), autocommit=True)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _launch(self) -> None:
        options = self._options | {"port": str(self.port), "unix_socket_directories": str(self.folder)}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                (*self.wrapper, program("postgres", _PACKAGE), "-D", str(self._data), *settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._as_server(),
            )

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._conninfo("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(timeout=START_LIMIT)

    def _signal_all(self, how: signal.Signals) -> None:
        server = psutil.Process(self.pid)
        for process in (server, *server.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(how)

    def _conninfo(self, name: str) -> str:
        return f"host=127.0.0.1 port={self.port} user={_USER} dbname={name} connect_timeout=5"

    def _as_server(self) -> dict[str, Any]:
        who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        return {"cwd": self.folder, "env": {"HOME": str(self.folder), "LC_ALL": "C.UTF-8", "PATH": os.defpath}, **who}


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """A running server of this test process. Who stops it starts it again."""
    folder = Path(tempfile.mkdtemp(prefix="axis-pg-"))
    server = Postgresql(folder)
    try:
        yield server.create().start()
    finally:
        server.crash()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_template(postgresql: Postgresql) -> str:
    """The name of a migrated database that others are copied from: a copy takes a tenth of the time of the migrations."""
    from adapters.storage.migrate import migrate

    name = postgresql.new_database()
    migrate(postgresql.url(name))
    return name


@pytest.fixture
def new_postgresql_url(postgresql: Postgresql) -> Iterator[Callable[..., str]]:
    """Makes databases of this test: called with the name of a template or without, it returns a URL."""
    made: list[str] = []

    def make(template: str = "template1") -> str:
        made.append(postgresql.new_database(template))
        return postgresql.url(made[-1])

    yield make
    for name in made:
        postgresql.drop_database(name)
