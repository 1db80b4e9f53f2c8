"""`axis user`: people with a role, in the store directly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter
from msgspec.structs import replace

from adapters.cli.configured import Config, open_store
from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json, print_line, print_table
from adapters.cli.trouble import CommandFailed

if TYPE_CHECKING:
    from hub.accounts import User

Name = Annotated[str, Parameter(help="Log-in name.")]

app = App(name="user", help="People with a role.", result_action="return_value")


@app.command(name="list")
async def list_(*, config: Config = None, as_json: AsJson = False) -> int:
    """List people."""
    async with open_store(config) as storage:
        users = (await storage.registers.load_register()).users
    if as_json:
        print_json([_shown(each) for each in users])
    else:
        print_table(("NAME", "ROLE", "ACTIVE"), ((u.name, u.role, u.is_active) for u in users))
    return 0


@app.command
async def show(name: Name, *, config: Config = None, as_json: AsJson = False) -> int:
    """Show one person."""
    async with open_store(config) as storage:
        users = (await storage.registers.load_register()).users
    user = _find(users, name)
    if as_json:
        print_json(_shown(user))
    else:
        print_table(("", ""), _shown(user).items())
    return 0


@app.command
async def add(
    name: Name,
    *,
    role: Literal["operator", "auditor", "admin"],
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Add a person; the password is made at random and shown once.

    Parameters
    ----------
    role
        `operator` watches and re-drives, `auditor` reads everybody's receipts, `admin` changes the directory.
    """
    from adapters.cli.passwords import hash_password, new_password
    from hub.accounts import Role, User

    password = new_password()
    async with open_store(config) as storage:
        await storage.registers.add_user(User(name=name, role=Role(role), password_phc=hash_password(password)))
    _print_password(name, password, as_json=as_json)
    return 0


@app.command
async def password(name: Name, *, config: Config = None, as_json: AsJson = False) -> int:
    """Make a new password for a person and show it once; the old one ends."""
    from adapters.cli.passwords import hash_password, new_password

    made = new_password()
    await _change(name, config, password_phc=hash_password(made))
    _print_password(name, made, as_json=as_json)
    return 0


@app.command
async def suspend(name: Name, *, config: Config = None) -> int:
    """Suspend a person's account."""
    await _change(name, config, is_active=False)
    print_line(say("changed", what=name))
    return 0


@app.command
async def resume(name: Name, *, config: Config = None) -> int:
    """Let a suspended person work again."""
    await _change(name, config, is_active=True)
    print_line(say("changed", what=name))
    return 0


async def _change(name: str, config: Config, **changes: object) -> None:
    async with open_store(config) as storage:
        user = _find((await storage.registers.load_register()).users, name)
        await storage.registers.update_user(replace(user, **changes))


def _find(users: tuple[User, ...], name: str) -> User:
    found = next((each for each in users if each.name == name), None)
    if found is None:
        raise CommandFailed("unknown", what=name)
    return found


def _shown(user: User) -> dict[str, Any]:
    return {"name": user.name, "role": user.role, "is_active": user.is_active}


def _print_password(name: Name, made: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"name": name, "password": made})
    else:
        print_line(say("password-once"))
        print_line(made)
