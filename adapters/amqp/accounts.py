"""Accounts at the broker for systems that consume their own queue: they may read their two queues and say what became of it.

Made through RabbitMQ's management API, or as commands that an operator runs where the broker is. An account's name is the
system's id: the broker lets a message say `user_id` only to whom it has authenticated.
"""

from __future__ import annotations

import re
import secrets
import shlex
from urllib.parse import quote

import aiohttp
from msgspec import Struct
from yarl import URL

from adapters.amqp.topology import ACKNOWLEDGEMENTS, queue_name
from hub.trouble import Deferral
from routing.values import Lane

_LIMIT = aiohttp.ClientTimeout(total=10.0)
_NOTHING = "^$"
_WRITE = f"^{re.escape(ACKNOWLEDGEMENTS)}$"


class Account(Struct, frozen=True):
    """An account to be made, or whose password is to be changed."""

    system_id: str
    password: str
    vhost: str

    @classmethod
    def new(cls, system_id: str, broker_url: str) -> Account:
        """Return an account with a password of 256 bits, at the virtual host that the hub itself uses."""
        return cls(system_id, secrets.token_urlsafe(32), vhost_of(broker_url))

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues that it may read."""
        return tuple(queue_name(self.system_id, lane) for lane in Lane)

    @property
    def read(self) -> str:
        """What it may read, as RabbitMQ's regular expression; it may write acknowledgements and configure nothing."""
        return f"^({'|'.join(map(re.escape, self.queues))})$"

    def commands(self) -> tuple[str, ...]:
        """Return the commands that make it."""
        rights = (self.system_id, _NOTHING, _WRITE, self.read)
        lines = (
            ("rabbitmqctl", "add_user", self.system_id, self.password),
            ("rabbitmqctl", "set_permissions", "-p", self.vhost, *rights),
        )
        return tuple(shlex.join(line) for line in lines)

    def url(self, broker_url: str) -> str:
        """Return the address that its system connects to, without the password."""
        first = URL(broker_url.split(",", maxsplit=1)[0].strip())
        return str(first.with_user(self.system_id).with_password(None))


async def make(account: Account, management_url: str) -> None:
    """Make an account, or give one that exists this password and these rights; raise `Deferral` when that fails."""
    base = URL(management_url)
    login = aiohttp.BasicAuth(base.user or "guest", base.password or "guest")
    name, vhost = quote(account.system_id, safe=""), quote(account.vhost, safe="")
    steps = (
        (f"api/users/{name}", {"password": account.password, "tags": ""}),
        (
            f"api/permissions/{vhost}/{name}",
            {"configure": _NOTHING, "write": _WRITE, "read": account.read},
        ),
    )
    root = str(base.with_user(None)).rstrip("/")
    try:
        async with aiohttp.ClientSession(auth=login, timeout=_LIMIT) as session:
            for path, body in steps:
                address = URL(f"{root}/{path}", encoded=True)
                async with session.put(address, json=body, allow_redirects=False) as response:
                    if response.status not in {201, 204}:
                        raise Deferral("broker-unavailable", detail=f"{address.path}: answered {response.status}")
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Deferral("broker-unavailable", detail=str(error) or type(error).__name__) from error


def vhost_of(broker_url: str) -> str:
    """Return the virtual host that an AMQP URL names; `/` when it names none."""
    path = URL(broker_url.split(",", maxsplit=1)[0].strip()).path
    return path.removeprefix("/") or "/"
