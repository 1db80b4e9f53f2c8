"""Accounts at the broker for systems that consume their own queue: they may read their two queues and say what became of it.

Made through RabbitMQ's management API, or as commands that an operator runs where the broker is. An account's name is the
system's id: the broker lets a message say `user_id` only to whom it has authenticated. An account that is closed keeps its
password and loses its rights, without which the broker lets nobody in.
"""

from __future__ import annotations

import re
import secrets
import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from urllib.parse import quote

import aiohttp
from msgspec import Struct
from yarl import URL

from adapters.amqp.addresses import addresses
from adapters.amqp.topology import ACKNOWLEDGEMENTS, queue_name
from hub.trouble import Deferral
from routing.values import Lane

_LIMIT = aiohttp.ClientTimeout(total=10.0)
_NOTHING = "^$"
_WHY = "the system was suspended"
_DONE = frozenset({HTTPStatus.CREATED, HTTPStatus.NO_CONTENT})
_WRITE = f"^{re.escape(ACKNOWLEDGEMENTS)}$"


class Place(Struct, frozen=True):
    """A system's place at the broker, in the virtual host that the hub itself uses: its queues, and what its account may do."""

    system_id: str
    vhost: str

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues that it may read."""
        return tuple(queue_name(self.system_id, lane) for lane in Lane)

    @property
    def read(self) -> str:
        """What it may read, as RabbitMQ's regular expression; it may write acknowledgements and configure nothing."""
        return f"^({'|'.join(map(re.escape, self.queues))})$"

    def url(self, broker_url: str) -> str:
        """Return the address that its system connects to, without the password."""
        first = URL(addresses(broker_url)[0])
        return str(first.with_user(self.system_id).with_password(None))

    def opening(self) -> tuple[str, ...]:
        """Return the command that gives its account the rights."""
        rights = (self.system_id, _NOTHING, _WRITE, self.read)
        return (shlex.join(("rabbitmqctl", "set_permissions", "-p", self.vhost, *rights)),)

    def closing(self) -> tuple[str, ...]:
        """Return the commands that take the rights away, and end its connections."""
        lines = (
            ("rabbitmqctl", "clear_permissions", "-p", self.vhost, self.system_id),
            ("rabbitmqctl", "close_all_user_connections", self.system_id, _WHY),
        )
        return tuple(shlex.join(line) for line in lines)


class Account(Place, frozen=True):
    """An account to be made, or whose password is to be changed. Without its rights (`is_open`) while its system is suspended."""

    password: str
    is_open: bool = True

    @classmethod
    def new(cls, system_id: str, broker_url: str, *, is_open: bool = True) -> Account:
        """Return an account with a password of 256 bits: of digits and a to f, for `rabbitmqctl` takes `-…` for an option."""
        return cls(system_id, vhost_of(broker_url), secrets.token_hex(32), is_open)

    def commands(self) -> tuple[str, ...]:
        """Return the commands that make it."""
        made = shlex.join(("rabbitmqctl", "add_user", self.system_id, self.password))
        return (made, *self.opening()) if self.is_open else (made,)


async def make(account: Account, management_url: str) -> None:
    """Make an account, or give one that exists this password and its rights; raise `Deferral` when that fails."""
    async with _management(management_url) as management:
        await management.ask("PUT", ("users", account.system_id), {"password": account.password, "tags": ""})
        if account.is_open:
            await _open(management, account)


async def reopen(place: Place, management_url: str) -> None:
    """Give a system's account its rights again; raise `Deferral` when that fails."""
    async with _management(management_url) as management:
        await _open(management, place)


async def close(place: Place, management_url: str) -> None:
    """Take the rights of a system's account away and end its connections; raise `Deferral` when that fails."""
    async with _management(management_url) as management:
        await management.ask("DELETE", ("permissions", place.vhost, place.system_id), may_miss=True)
        await management.ask("DELETE", ("connections", "username", place.system_id), may_miss=True)


async def _open(management: _Management, place: Place) -> None:
    rights = {"configure": _NOTHING, "write": _WRITE, "read": place.read}
    await management.ask("PUT", ("permissions", place.vhost, place.system_id), rights)


class _Management:
    """RabbitMQ's management API."""

    def __init__(self, session: aiohttp.ClientSession, root: str) -> None:
        self._session = session
        self._root = root

    async def ask(self, method: str, path: tuple[str, ...], body: object = None, *, may_miss: bool = False) -> None:
        """Have one thing done; raise `Deferral` unless it was."""
        address = URL(f"{self._root}/api/{'/'.join(quote(part, safe='') for part in path)}", encoded=True)
        async with self._session.request(method, address, json=body, allow_redirects=False) as response:
            if response.status not in _DONE and not (may_miss and response.status == HTTPStatus.NOT_FOUND):
                raise Deferral("broker-unavailable", detail=f"{address.path}: answered {response.status}")


@asynccontextmanager
async def _management(url: str) -> AsyncIterator[_Management]:
    base = URL(url)
    login = aiohttp.BasicAuth(base.user or "guest", base.password or "guest")
    root = str(base.with_user(None)).rstrip("/")
    try:
        async with aiohttp.ClientSession(auth=login, timeout=_LIMIT) as session:
            yield _Management(session, root)
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Deferral("broker-unavailable", detail=str(error) or type(error).__name__) from error


def vhost_of(broker_url: str) -> str:
    """Return the virtual host that an AMQP URL names; `/` when it names none."""
    path = URL(addresses(broker_url)[0]).path
    return path.removeprefix("/") or "/"
