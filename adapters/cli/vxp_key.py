"""`axis key vxp`: secrets of callers by the national SDK's protocol, in the store directly; shown once, kept sealed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from adapters.cli.configured import Config, open_store, read_config
from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json, print_line, print_table
from adapters.cli.output import shown as shown_as
from adapters.cli.ranges import Hours
from adapters.cli.trouble import CommandFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.storage.opening import Storage
    from adapters.trust.locker import FileLocker
    from hub.shared_secrets import SharedSecret

app = App(name="vxp", help="Secrets for the national SDK's protocol.", result_action="return_value")

SystemId = Annotated[str, Parameter(name="SYSTEM", help="The system; to the SDK it is the systemid.")]


@app.command(name="list")
async def list_(*, system: str | None = None, config: Config = None, as_json: AsJson = False) -> int:
    """List secrets by id, with the time when each was last used, to about a minute; nobody can show them.

    Parameters
    ----------
    system
        Only those of this system.
    """
    async with open_store(config) as storage:
        register = await storage.registers.load_register()
        uses = await storage.registers.credential_uses()
    found = [_shown(each, uses) for each in register.shared_secrets if system in {None, each.system_id}]
    if as_json:
        print_json(found)
    else:
        headings = ("ID", "SYSTEM", "CREATED", "EXPIRES", "REVOKED", "LAST USED")
        print_table(headings, (tuple(each.values()) for each in found))
    return 0


@app.command
async def add(system: SystemId, *, config: Config = None, as_json: AsJson = False) -> int:
    """Make a secret and show it once. Secrets overlap: add the new one, switch over, then revoke the old one."""
    async with open_store(config) as storage:
        made = await _make(storage, system, config)
    _print_once(*made, as_json=as_json)
    return 0


@app.command
async def rotate(system: SystemId, *, overlap: Hours = 168.0, config: Config = None, as_json: AsJson = False) -> int:
    """Make a new secret and show it once; the present ones are good until the overlap has passed.

    Parameters
    ----------
    overlap
        Hours until the present secrets expire.
    """
    at = datetime.now(UTC)
    until = at + timedelta(hours=overlap)
    async with open_store(config) as storage:
        register = await storage.registers.load_register()
        old = [each for each in register.shared_secrets if each.system_id == system and each.is_valid(at)]
        if not old:
            raise CommandFailed("vxp-no-secret", what=system)
        made = await _make(storage, system, config)
        for each in old:
            if each.expires_at is None or until < each.expires_at:
                await storage.registers.expire_shared_secret(each.id, until)
    _print_once(*made, as_json=as_json)
    for each in () if as_json else old:
        print_line(say("vxp-secret-overlap", what=each.id, until=shown_as(min(until, each.expires_at or until))))
    return 0


@app.command
async def revoke(id: Annotated[str, Parameter(name="ID")], *, config: Config = None) -> int:
    """Revoke a secret from now on.

    Parameters
    ----------
    id
        Its id, as the list prints it.
    """
    async with open_store(config) as storage:
        await storage.registers.revoke_shared_secret(id, datetime.now(UTC))
    print_line(say("changed", what=id))
    return 0


async def _make(storage: Storage, system_id: str, config: Path | None) -> tuple[str, str]:
    """Give a system a new secret; return its id and text."""
    from adapters.cli.shared_secrets import new_shared_secret, sealed_secret

    register = await storage.registers.load_register()
    locker = _locker(config, is_first=not register.shared_secrets and not register.upstreams)
    text = new_shared_secret()
    entry = sealed_secret(text, system_id, locker, datetime.now(UTC))
    await storage.registers.add_shared_secret(entry)
    return entry.id, text


def _locker(config: Path | None, *, is_first: bool) -> FileLocker:
    """Return what seals; a hub that was founded before there was such a key gets one for its first secret.

    A key that was lost is never replaced by the way: what was sealed under it would be lost without a word.
    """
    from adapters.cli.hub_keys import write_secrets_key
    from adapters.trust.locker import FileLocker

    settings, base_dir = read_config(config)
    path = base_dir / settings.trust.secrets_key
    if is_first and not path.exists():
        write_secrets_key(path)
    return FileLocker(path)


def _print_once(id: str, text: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"id": id, "vxp_secret": text})
    else:
        print_line(say("vxp-secret-once"))
        print_line(text)


def _shown(secret: SharedSecret, uses: Mapping[str, datetime]) -> dict[str, Any]:
    shown = {name: getattr(secret, name) for name in secret.__struct_fields__ if name != "sealed"}
    return {**shown, "last_used_at": uses.get(secret.id)}
