"""A PostgreSQL and a RabbitMQ of the benchmark's own, started as tests start theirs, but keeping their promises to the disk."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.services.postgresql import Postgresql
from tests.services.rabbitmq import RabbitNode


@contextmanager
def postgresql() -> Iterator[Postgresql]:
    """Run a server with the settings that PostgreSQL comes with; everything in it is gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="axis-bench-pg-"))
    server = Postgresql(folder, {"fsync": "on"})
    try:
        yield server.create().start()
    finally:
        server.crash()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def rabbitmq() -> Iterator[RabbitNode]:
    """Run a node; everything in it is gone at the end."""
    with tempfile.TemporaryDirectory(prefix="axis-bench-rabbitmq-", ignore_cleanup_errors=True) as folder:
        node = RabbitNode(Path(folder))
        try:
            yield node.start()
        finally:
            node.stop()
