"""`axis key`: API keys, in the store directly. Secrets are shown once and kept nowhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cyclopts import App

from adapters.cli.configured import Config, open_store
from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json, print_line, print_table
from adapters.cli.output import shown as shown_as
from adapters.cli.ranges import Days, Hours
from adapters.cli.trouble import CommandFailed, UsageFault
from adapters.cli.vxp_key import app as vxp
from hub.failpoints import reached

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.storage.opening import Storage
    from hub.accounts import ApiKey
    from hub.keys import Key

_USUAL_DAYS = 365

app = App(name="key", help="API keys of systems and people.", result_action="return_value")
app.command(vxp)


@app.command(name="list")
async def list_(*, system: str | None = None, config: Config = None, as_json: AsJson = False) -> int:
    """List keys by id, with the time when each was last seen, to about a minute; nobody can show their secrets.

    Parameters
    ----------
    system
        Only keys of this system.
    """
    async with open_store(config) as storage:
        register = await storage.registers.load_register()
        uses = await storage.registers.credential_uses()
    found = [_shown(each, uses) for each in register.api_keys if system in {None, each.system_id}]
    if as_json:
        print_json(found)
    else:
        headings = ("KEY ID", "SYSTEM", "USER", "CREATED", "EXPIRES", "REVOKED", "LAST USED")
        print_table(headings, (tuple(each.values()) for each in found))
    return 0


@app.command
async def show(key_id: str, *, config: Config = None, as_json: AsJson = False) -> int:
    """Show one key, but never its secret.

    Parameters
    ----------
    key_id
        The part of the key between its two underscores.
    """
    async with open_store(config) as storage:
        found = await _key(storage, key_id)
        shown = _shown(found, await storage.registers.credential_uses())
    if as_json:
        print_json(shown)
    else:
        print_table(("", ""), shown.items())
    return 0


@app.command
async def add(
    *,
    system: str | None = None,
    user: str | None = None,
    days: Days | None = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Make a key and show it once. Keys overlap: add the new one, switch over, then revoke the old one.

    Parameters
    ----------
    system
        The system that the key is for.
    user
        The person that the key is for.
    days
        Days until it expires; by default it does not.
    """
    if (system is None) == (user is None):
        raise UsageFault("one-owner")
    async with open_store(config) as storage:
        key, _ = await _make(storage, system, user, days)
    _print_once(key, as_json=as_json)
    return 0


@app.command
async def rotate(
    key_id: str, *, overlap: Hours = 24.0, days: Days | None = None, config: Config = None, as_json: AsJson = False
) -> int:
    """Make a new key for the holder of an old one and show it once; both are good until the overlap has passed.

    Parameters
    ----------
    key_id
        The part of the old key between its two underscores.
    overlap
        Hours until the old key expires.
    days
        Days until the new key expires; by default as many as the old one was given, or 365.
    """
    at = datetime.now(UTC)
    until = at + timedelta(hours=overlap)
    async with open_store(config) as storage:
        old = await _key(storage, key_id)
        if not old.is_valid(at):
            raise CommandFailed("key-revoked-already", what=key_id)
        key, entry = await _make(storage, old.system_id, old.user_name, _lifetime(old) if days is None else days)
        reached("K17")
        if old.expires_at is None or until < old.expires_at:
            await storage.registers.expire_api_key(key_id, until)
    _print_once(key, as_json=as_json)
    if not as_json:
        print_line(say("key-until", until=shown_as(entry.expires_at)))
        print_line(say("key-overlap", what=key_id, until=shown_as(min(until, old.expires_at or until))))
    return 0


def _lifetime(old: ApiKey) -> int:
    """Return the days for a key that takes the place of `old`."""
    return (
        _USUAL_DAYS if old.expires_at is None else max(1, round((old.expires_at - old.created_at) / timedelta(days=1)))
    )


@app.command
async def revoke(key_id: str, *, config: Config = None) -> int:
    """Revoke a key from now on.

    Parameters
    ----------
    key_id
        The part of the key between its two underscores.
    """
    async with open_store(config) as storage:
        await storage.registers.revoke_api_key(key_id, datetime.now(UTC))
    print_line(say("changed", what=key_id))
    return 0


async def _make(storage: Storage, system_id: str | None, user_name: str | None, days: int | None) -> tuple[Key, ApiKey]:
    from hub import keys
    from hub.accounts import ApiKey

    at = datetime.now(UTC)
    key = keys.make()
    entry = ApiKey(
        key_id=key.key_id,
        secret_sha256=key.secret_sha256,
        system_id=system_id,
        user_name=user_name,
        created_at=at,
        expires_at=None if days is None else at + timedelta(days=days),
    )
    await storage.registers.add_api_key(entry)
    return key, entry


async def _key(storage: Storage, key_id: str) -> ApiKey:
    register = await storage.registers.load_register()
    found = next((each for each in register.api_keys if each.key_id == key_id), None)
    if found is None:
        raise CommandFailed("unknown", what=key_id)
    return found


def _print_once(key: Key, *, as_json: bool) -> None:
    if as_json:
        print_json({"key_id": key.key_id, "api_key": key.text})
    else:
        print_line(say("key-once"))
        print_line(key.text)


def _shown(key: ApiKey, uses: Mapping[str, datetime]) -> dict[str, Any]:
    shown = {name: getattr(key, name) for name in key.__struct_fields__ if "secret" not in name}
    return {**shown, "last_used_at": uses.get(key.key_id)}
