"""Run a command beside a private PostgreSQL and RabbitMQ, which are ended with it.

`python -m tests.services COMMAND…`: `{postgresql}` and `{rabbitmq}` among its arguments become the addresses of an empty
database and of the broker. Exit code: the command's own; 1 when a program is missing, which is then named.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.postgresql import Postgresql
from tests.services.programs import MissingProgram
from tests.services.rabbitmq import RabbitNode


def main(command: list[str]) -> int:
    """Start both, run the command, stop both; return its exit code."""
    if not command:
        sys.stderr.write("usage: python -m tests.services COMMAND…\n")
        return 2
    try:
        with _postgresql() as database_url, _rabbitmq() as broker_url:
            places = {"{postgresql}": database_url, "{rabbitmq}": broker_url}
            return subprocess.run([places.get(each, each) for each in command], check=False).returncode
    except MissingProgram as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    except KeyboardInterrupt:
        return 130


@contextmanager
def _postgresql() -> Iterator[str]:
    with _folder() as folder:
        server = Postgresql(folder)
        try:
            yield server.create().start().url(server.new_database())
        finally:
            server.crash()


@contextmanager
def _rabbitmq() -> Iterator[str]:
    with _folder() as folder:
        node = RabbitNode(folder)
        try:
            yield node.start().url
        finally:
            node.stop()


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="axis-services-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
