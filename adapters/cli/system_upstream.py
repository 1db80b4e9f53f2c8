"""`axis system upstream`: another axis that this hub is a system of; where it is, who we are there, whom it reaches."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from msgspec import structs

from adapters.cli.configured import Config, open_store, read_config
from adapters.cli.language import current
from adapters.cli.output import AsJson, print_json, print_table
from adapters.cli.trouble import CommandFailed, UsageFault

if TYPE_CHECKING:
    from hub.accounts import Register
    from hub.upstreams import Upstream
    from routing.values import System

_PREFIX = re.compile(r"\*|[A-Za-z0-9]+(\.[A-Za-z0-9]+)*")


@Parameter(name="*")
@dataclass(frozen=True)
class AxisOptions:
    """What is said about another axis.

    Parameters
    ----------
    url
        Its base address; operations of the national SDK's protocol are appended to it.
    system_id
        The system id that it gave this hub.
    secret_file
        File with the secret that it gave this hub; it is stored sealed, and the file is not needed afterwards.
    reaches
        Prefix of agency codes that it reaches, `*` for all others; may be given several times and replaces earlier ones.
    """

    url: str | None = None
    system_id: str | None = None
    secret_file: Path | None = None
    reaches: Annotated[list[str] | None, Parameter(negative=())] = None

    def is_whole(self) -> bool:
        """Whether everything is said that a new axis needs."""
        return None not in {self.url, self.system_id, self.secret_file}

    def is_silent(self) -> bool:
        """Whether nothing is said at all."""
        return self == AxisOptions()


async def upstream(
    id: Annotated[str, Parameter(name="ID")],
    *,
    options: AxisOptions | None = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Show how the hub connects to another axis, or change what is given; the rest stays.

    Parameters
    ----------
    id
        The id of the system that stands for it (`axis system add … --binding upstream`).
    """
    said = options or AxisOptions()
    async with open_store(config) as storage:
        register = await storage.registers.load_register()
        if id not in register.upstreams:
            raise CommandFailed("unknown", what=id)
        system, known = _system(register, id), register.upstreams[id]
        if not said.is_silent():
            system, known = applied(said, system, known, config)
            await storage.registers.update_upstream(system, known)
    shown = {"url": known.url, "system_id": known.remote_id, "reaches": list(system.reaches)}
    if as_json:
        print_json(shown)
    else:
        print_table(
            ("", ""), ((name, value if isinstance(value, str) else ", ".join(value)) for name, value in shown.items())
        )
    return 0


def applied(said: AxisOptions, system: System, known: Upstream | None, config: Path | None) -> tuple[System, Upstream]:
    """Return the system and its axis with what is said about them; without a known axis everything must be said."""
    from adapters.trust.locker import FileLocker
    from hub.upstreams import Upstream, purpose_of

    if known is None and not said.is_whole():
        raise UsageFault("upstream-options-needed")
    sealed = known.sealed if known else b""
    if said.secret_file is not None:
        settings, base_dir = read_config(config)
        locker = FileLocker(base_dir / settings.trust.secrets_key)
        sealed = locker.seal(_secret(said.secret_file), purpose_of(system.id))
    axis = Upstream(
        system_id=system.id,
        url=_checked_url(said.url) if said.url else known.url if known else "",
        remote_id=said.system_id or (known.remote_id if known else ""),
        sealed=sealed,
    )
    if said.reaches is None:
        return system, axis
    return structs.replace(system, reaches=tuple(map(_checked_prefix, said.reaches))), axis


def _system(register: Register, id: str) -> System:
    return next(each for each in register.systems if each.id == id)


def _secret(path: Path) -> str:
    secret = path.read_text(encoding="utf-8").strip()
    if not secret:
        raise UsageFault("upstream-secret-empty", path=path)
    return secret


def _checked_url(url: str) -> str:
    from adapters.egress import TargetForbidden
    from adapters.vxp.axes import ConfiguredTargets

    try:
        ConfiguredTargets().check(url)
    except TargetForbidden as error:
        raise UsageFault("upstream-bad-url", url=url, why=error.vi if current() == "vi" else error.en) from error
    return url


def _checked_prefix(text: str) -> str:
    if not _PREFIX.fullmatch(text):
        raise UsageFault("upstream-bad-prefix", prefix=text)
    return text
