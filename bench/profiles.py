"""What both designs stand on: the embedded default, or PostgreSQL and RabbitMQ with two processes each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct

from bench.demo import Demo
from bench.servers import Design
from bench.services import postgresql, rabbitmq
from tests.services.postgresql import Postgresql
from tests.services.rabbitmq import RabbitNode

_WORKERS = ("--workers", "2")


class Place(Struct, frozen=True):
    """Where one run keeps its rows: settings for its environment, arguments for its command."""

    settings: Mapping[str, str] = MappingProxyType({})
    arguments: tuple[str, ...] = ()


class Profile(Protocol):
    """One of the two, with its demo hub."""

    name: str
    demo: Demo

    def place(self, design: Design) -> AbstractContextManager[Place]:
        """Give one run of `design` a place that nobody has used."""


class Embedded:
    """SQLite and a table as queue, one process: every run gets its own copy of the demo hub's folder."""

    name = "embedded"

    def __init__(self, demo: Demo) -> None:
        self.demo = demo

    @contextmanager
    def place(self, _design: Design) -> Iterator[Place]:
        """The folder is all of it."""
        yield Place()


class Production:
    """PostgreSQL and RabbitMQ: every run gets a database of its own."""

    name = "production"

    def __init__(self, demo: Demo, template: str, server: Postgresql, node: RabbitNode) -> None:
        self.demo = demo
        self._template = template
        self._server = server
        self._node = node

    @contextmanager
    def place(self, design: Design) -> Iterator[Place]:
        """Make a database: the hub's is the demo hub's as it was founded, the obvious design's is empty."""
        name = self._server.new_database(self._template if design is Design.HUB else "template1")
        url = self._server.url(name)
        try:
            if design is Design.HUB:
                yield Place({"AXIS_STORAGE__URL": url}, _WORKERS)
            else:
                yield Place(arguments=("--database", url, "--broker", self._node.url, *_WORKERS))
        finally:
            self._server.drop_database(name)


@contextmanager
def embedded(work: Path) -> Iterator[Embedded]:
    """Found a demo hub on the embedded default."""
    yield Embedded(Demo.create(work / "demo"))


@contextmanager
def production(work: Path) -> Iterator[Production]:
    """Start both servers and found a demo hub on them."""
    with postgresql() as server, rabbitmq() as node:
        template = server.new_database()
        options = ("--database-url", server.url(template), "--broker-url", node.url)
        yield Production(Demo.create(work / "demo-production", *options), template, server, node)
