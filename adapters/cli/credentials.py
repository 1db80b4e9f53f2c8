"""`credentials.json` of a demo hub, and how client commands find the hub and their key."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import msgspec
from cyclopts import Parameter
from msgspec import Struct

from adapters.cli.language import current
from adapters.cli.trouble import UsageFault

if TYPE_CHECKING:
    from adapters.client import AxisClient

_PLACES = (Path("credentials.json"), Path("var/credentials.json"))
_DEFAULT_URL = "http://127.0.0.1:8080"


class HubEntry(Struct, frozen=True):
    """The hub itself; paths are relative to the file."""

    code: str
    certificate: str
    trust: str


class SystemEntry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A demo system with its secrets; `url` and `secret` are those of its webhook, or of its account at the broker."""

    id: str
    binding: str
    api_key: str
    vxp_secret: str
    agencies: tuple[str, ...]
    url: str | None = None
    secret: str | None = None


class AgencyEntry(Struct, frozen=True, kw_only=True):
    """A demo agency with its key and certificate files."""

    code: str
    name: str
    old_code: str | None
    key: str
    certificate: str
    system: str


class UserEntry(Struct, frozen=True):
    """A demo person."""

    name: str
    password: str
    role: str


class Credentials(Struct, frozen=True):
    """Everything that exists only in demo hubs: secrets of every party in one file."""

    base_url: str
    hub: HubEntry
    systems: tuple[SystemEntry, ...]
    agencies: tuple[AgencyEntry, ...]
    users: tuple[UserEntry, ...]

    def agency(self, code: str) -> AgencyEntry | None:
        """Return the agency with this present or former code."""
        return next((each for each in self.agencies if code in {each.code, each.old_code}), None)

    def system_for(self, name: str) -> SystemEntry | None:
        """Return the system with this id, or the one that acts for the agency with this code."""
        agency = self.agency(name)
        wanted = agency.system if agency else name
        return next((each for each in self.systems if each.id == wanted), None)


def read_credentials(path: Path) -> Credentials:
    """Read a credentials file; raise `UsageFault` when it is none."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Credentials)
    except msgspec.MsgspecError as error:
        raise UsageFault("credentials-unreadable", path=path, error=error) from error


@Parameter(name="*")
@dataclass(frozen=True)
class HubOptions:
    """Where the hub is and who asks."""

    url: Annotated[str | None, Parameter(help="Address of the hub; or AXIS_URL, or the credentials file.")] = None
    key: Annotated[str | None, Parameter(help="API key; or AXIS_API_KEY, or the credentials file with --as.")] = None
    acting: Annotated[
        str | None,
        Parameter(name="--as", help="Act for this agency (or system): takes its key from the credentials file."),
    ] = None
    credentials: Annotated[
        Path | None, Parameter(help="Credentials file; default ./credentials.json or ./var/credentials.json.")
    ] = None

    @property
    def has_key(self) -> bool:
        """Whether the command or the environment says who asks."""
        return bool(self.key or self.acting or os.environ.get("AXIS_API_KEY"))

    def connect(self, *, acting: str | None = None) -> AbstractAsyncContextManager[AxisClient]:
        """Open a client with the key that was asked for; `acting` stands in for a missing --as."""
        from adapters.client import open_client

        return open_client(self._url(), self._key(self.acting or acting), language=current())

    def connect_each(self) -> Iterator[AbstractAsyncContextManager[AxisClient]]:
        """Open one client after the other: the one asked for, or without a wish one for each system of the file."""
        from adapters.client import open_client

        found = self.found_credentials()
        if self.has_key or found is None:
            yield self.connect()
            return
        for system in found[0].systems:
            yield open_client(self._url(), system.api_key, language=current())

    def found_credentials(self) -> tuple[Credentials, Path] | None:
        """Return the credentials and the folder that their paths start at; None when there is no file."""
        path = self.credentials or next((each for each in _PLACES if each.is_file()), None)
        return None if path is None else (read_credentials(path), path.parent)

    def _url(self) -> str:
        found = self.found_credentials()
        url = self.url or os.environ.get("AXIS_URL") or (found[0].base_url if found else _DEFAULT_URL)
        if not _is_address(url):
            raise UsageFault("bad-url", url=url)
        return url

    def _key(self, acting: str | None) -> str:
        given = (self.key or os.environ.get("AXIS_API_KEY") or "").strip()  # one read from a file ends with its line
        if given:
            if not (given.isascii() and given.isprintable()):
                raise UsageFault("bad-key")
            return given
        found = self.found_credentials()
        if found is None:
            raise UsageFault("no-key")
        credentials = found[0]
        if acting is None:
            raise UsageFault("say-as", agencies=", ".join(each.code for each in credentials.agencies))
        system = credentials.system_for(acting)
        if system is None:
            known = ", ".join(each.code for each in credentials.agencies)
            raise UsageFault("unknown-as", name=acting, agencies=known)
        return system.api_key


def _is_address(url: str) -> bool:
    """Whether a hub could be there."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port beyond all ports, half an IPv6 address
        return False
