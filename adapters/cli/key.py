"""`axis key`: API keys, in the store directly. Secrets are shown once and kept nowhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from cyclopts import App

from adapters.cli.configured import Config, open_store
from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json, print_line, print_table
from adapters.cli.trouble import CommandFailed, UsageFault

if TYPE_CHECKING:
    from hub.accounts import ApiKey

app = App(name="key", help="API keys of systems and people.", result_action="return_value")


@app.command(name="list")
async def list_(*, system: str | None = None, config: Config = None, as_json: AsJson = False) -> int:
    """List keys by id; nobody can show their secrets.

    Parameters
    ----------
    system
        Only keys of this system.
    """
    async with open_store(config) as storage:
        register = await storage.registers.load_register()
    found = [each for each in register.api_keys if system in {None, each.system_id}]
    if as_json:
        print_json([_shown(each) for each in found])
    else:
        headings = ("KEY ID", "SYSTEM", "USER", "CREATED", "EXPIRES", "REVOKED")
        print_table(
            headings, ((k.key_id, k.system_id, k.user_name, k.created_at, k.expires_at, k.revoked_at) for k in found)
        )
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
        register = await storage.registers.load_register()
    found = next((each for each in register.api_keys if each.key_id == key_id), None)
    if found is None:
        raise CommandFailed("unknown", what=key_id)
    if as_json:
        print_json(_shown(found))
    else:
        print_table(("", ""), _shown(found).items())
    return 0


@app.command
async def add(
    *,
    system: str | None = None,
    user: str | None = None,
    days: int | None = None,
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
    from hub import keys
    from hub.accounts import ApiKey

    if (system is None) == (user is None):
        raise UsageFault("one-owner")
    at = datetime.now(UTC)
    key = keys.make()
    entry = ApiKey(
        key_id=key.key_id,
        secret_sha256=key.secret_sha256,
        system_id=system,
        user_name=user,
        created_at=at,
        expires_at=None if days is None else at + timedelta(days=days),
    )
    async with open_store(config) as storage:
        await storage.registers.add_api_key(entry)
    if as_json:
        print_json({"key_id": key.key_id, "api_key": key.text})
    else:
        print_line(say("key-once"))
        print_line(key.text)
    return 0


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


def _shown(key: ApiKey) -> dict[str, Any]:
    return {name: getattr(key, name) for name in key.__struct_fields__ if "secret" not in name}
