"""Who takes part in a demo hub: read from `config/development.toml`, with the hub's code put in."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
from msgspec import Struct

from adapters.cli.trouble import UsageFault
from routing.values import Agency, Binding, SignaturePolicy, System
from signing.lab import KeyKind

#: Beside the packages in the project; inside this one in an installed wheel.
_PLACES = (Path(__file__).parents[2] / "config", Path(__file__).parent / "config")


class DemoSystem(Struct, frozen=True):
    """A connected system of the demo."""

    id: str
    name: str
    binding: Binding
    policy: SignaturePolicy

    def as_system(self, webhook_url: str | None) -> System:
        """Return it as the register keeps it."""
        return System(self.id, self.name, self.binding, self.policy, webhook_url=webhook_url)


class DemoAgency(Struct, frozen=True, kw_only=True):
    """An agency of the demo; `key` is the kind of key it signs with."""

    code: str
    name: str
    old_code: str
    system: str
    key: KeyKind
    parent: str | None = None
    is_suspended: bool = False

    def as_agency(self) -> Agency:
        """Return it as the register keeps it."""
        return Agency(self.code, self.name, self.parent, self.system, (self.old_code,), is_suspended=self.is_suspended)


class DemoUser(Struct, frozen=True):
    """A person of the demo."""

    name: str
    role: str


class DemoDirectory(Struct, frozen=True):
    """Everybody."""

    systems: tuple[DemoSystem, ...]
    agencies: tuple[DemoAgency, ...]
    users: tuple[DemoUser, ...]

    def without(self, binding: Binding) -> DemoDirectory:
        """Return it without the systems of a binding, and without their agencies."""
        systems = tuple(each for each in self.systems if each.binding is not binding)
        names = {each.id for each in systems}
        return DemoDirectory(systems, tuple(each for each in self.agencies if each.system in names), self.users)

    def agencies_of(self, system_id: str) -> tuple[str, ...]:
        """Return the codes of the agencies that a system acts for."""
        return tuple(each.code for each in self.agencies if each.system == system_id)


def read_demo_directory(hub_code: str, *, has_rabbitmq: bool = False) -> DemoDirectory:
    """Read the directory for a hub with this code; who consumes a queue takes part only where there is RabbitMQ."""
    path = next((each for place in _PLACES if (each := place / "development.toml").is_file()), None)
    if path is None:
        raise UsageFault("no-directory", places=", ".join(map(str, _PLACES)))
    text = path.read_text("utf-8").replace("{hub}", hub_code).replace("{hub_lower}", _slug(hub_code))
    directory = msgspec.convert(tomllib.loads(text), DemoDirectory)
    return directory if has_rabbitmq else directory.without(Binding.AMQP)


def _slug(hub_code: str) -> str:
    return hub_code.lower().replace(".", "-")
