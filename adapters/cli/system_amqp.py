"""The account of a system that consumes its own queue: made at the broker, or printed as commands."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from adapters.cli.messages import say
from adapters.cli.output import print_line
from adapters.cli.trouble import UsageFault

if TYPE_CHECKING:
    from adapters.amqp.accounts import Account
    from hub.settings import BrokerSettings


def new_account(system_id: str, broker: BrokerSettings, *, is_open: bool = True) -> Account:
    """Return an account to be made; raise `UsageFault` without a broker, at which nobody can consume."""
    from adapters.amqp.accounts import Account

    if not broker.url:
        raise UsageFault("amqp-needs-broker")
    return Account.new(system_id, broker.url, is_open=is_open)


async def set_open(system_id: str, broker: BrokerSettings, *, is_open: bool) -> None:
    """Let a system's account in again, or close it: through the management API, else print the commands that do."""
    from adapters.amqp.accounts import Place, close, reopen, vhost_of
    from hub.trouble import Deferral

    place = Place(system_id, vhost_of(broker.url))
    if broker.management_url:
        try:
            await (reopen if is_open else close)(place, broker.management_url)
        except Deferral as trouble:
            print(say("amqp-account-not-changed", detail=trouble.detail), file=sys.stderr)
        else:
            return
    print_line(say("amqp-commands-open" if is_open else "amqp-commands-close"))
    for line in place.opening() if is_open else place.closing():
        print_line(line)


async def made(account: Account, broker: BrokerSettings) -> bool:
    """Make the account through the management API; return whether it could be asked, and say why not."""
    from adapters.amqp.accounts import make
    from hub.trouble import Deferral

    if not broker.management_url:
        return False
    try:
        await make(account, broker.management_url)
    except Deferral as trouble:
        print(say("amqp-account-not-made", detail=trouble.detail), file=sys.stderr)
        return False
    return True


async def make_for_people(account: Account, broker: BrokerSettings) -> None:
    """Make the account or print the commands that do, then what the system's people need; the password is shown once."""
    if not await made(account, broker):
        print_commands(account)
    print_line(say("amqp-account", url=account.url(broker.url), queues=", ".join(account.queues)))
    print_line(account.password)


async def make_for_programs(account: Account, broker: BrokerSettings) -> dict[str, Any]:
    """Make the account; return what the system's people need, and the commands that are left to be run."""
    commands = () if await made(account, broker) else account.commands()
    return {
        "url": account.url(broker.url),
        "queues": account.queues,
        "password": account.password,
        "commands": commands,
    }


def print_commands(account: Account) -> None:
    """Print the commands that make an account."""
    print_line(say("amqp-commands"))
    for line in account.commands():
        print_line(line)
