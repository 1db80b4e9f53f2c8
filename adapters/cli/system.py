"""`axis system`: the connected systems, in the store directly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cyclopts import App
from msgspec.structs import replace

from adapters.cli.configured import Config, open_store, read_config
from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json, print_line, print_table
from adapters.cli.output import shown as shown_as
from adapters.cli.ranges import Count, Hours, NewSystemId, Rate, Size, SystemId
from adapters.cli.system_amqp import make_for_people, make_for_programs, new_account, set_open
from adapters.cli.system_certificate import app as certificate
from adapters.cli.system_upstream import AxisOptions, applied, upstream
from adapters.cli.system_vxp import vxp
from adapters.cli.trouble import CommandFailed, UsageFault

if TYPE_CHECKING:
    from adapters.amqp.accounts import Account
    from adapters.storage.opening import Storage
    from routing.values import System

app = App(name="system", help="Connected systems.", result_action="return_value")
app.command(certificate)
app.command(vxp)
app.command(upstream)

BindingName = Literal["pull", "webhook", "vxp", "amqp", "upstream"]
PolicyName = Literal["required", "transport"]


@app.command(name="list")
async def list_(*, config: Config = None, as_json: AsJson = False) -> int:
    """List systems."""
    async with open_store(config) as storage:
        register = await storage.registers.load_register()
    if as_json:
        print_json(register.systems)
    else:
        headings = ("ID", "NAME", "BINDING", "POLICY", "ACTIVE", "WEBHOOK")
        print_table(
            headings, ((s.id, s.name, s.binding, s.policy, s.is_active, s.webhook_url) for s in register.systems)
        )
    return 0


@app.command
async def show(id: SystemId, *, config: Config = None, as_json: AsJson = False) -> int:
    """Show one system, the agencies that it acts for, its keys (not their secrets), certificates and own limits."""
    async with open_store(config) as storage:
        register = await storage.registers.load_register()
    found = next((each for each in register.systems if each.id == id), None)
    if found is None:
        raise CommandFailed("unknown", what=id)
    agencies = [each.code for each in register.agencies if each.system_id == id]
    keys = [each.key_id for each in register.api_keys if each.system_id == id and each.revoked_at is None]
    certificates = [each.sha256 for each in register.system_certificates if each.system_id == id]
    limits = register.limits.get(id)
    if as_json:
        print_json(
            {"system": found, "agencies": agencies, "keys": keys, "certificates": certificates, "limits": limits}
        )
    else:
        rows = [(name, getattr(found, name)) for name in found.__struct_fields__ if name != "reaches"]
        lists = {"reaches": found.reaches, "agencies": agencies, "keys": keys, "certificates": certificates}
        rows += [(name, ", ".join(values)) for name, values in lists.items()]
        rows += [(name, getattr(limits, name)) for name in limits.__struct_fields__] if limits else []
        print_table(("", ""), rows)
    return 0


@app.command
async def add(
    id: NewSystemId,
    *,
    name: str,
    binding: BindingName = "pull",
    policy: PolicyName | None = None,
    webhook_url: str | None = None,
    axis: AxisOptions | None = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Add a system. A webhook's secret, or the password of an amqp system's account, is made and shown once.

    Parameters
    ----------
    id
        Its id, of your choice; a system of the national SDK has the code of its agency.
    name
        Its name.
    binding
        How it receives.
    policy
        `required`: its documents carry the agency's signature; `transport`: its authentication suffices. Default: `required`,
        for another axis (binding `upstream`) `transport`.
    webhook_url
        Where the hub calls it; inner addresses must stand in delivery.webhook_allow.
    """
    from routing.values import Binding, SignaturePolicy, System

    if (binding == "webhook") != (webhook_url is not None):
        raise UsageFault("webhook-url-needed")
    _check_url(webhook_url, config)
    secret = _new_secret() if webhook_url else None
    usual = "transport" if binding == "upstream" else "required"
    system = System(id, name, Binding(binding), SignaturePolicy(policy or usual), webhook_url=webhook_url)
    account = new_account(id, read_config(config)[0].broker) if binding == "amqp" else None
    await _store_new(system, secret, axis or AxisOptions(), config)
    await _print_secrets("added", id, secret, account, config, as_json=as_json)
    return 0


async def _store_new(system: System, secret: str | None, said: AxisOptions, config: Path | None) -> None:
    from routing.values import Binding

    if system.binding is not Binding.UPSTREAM and not said.is_silent():
        raise UsageFault("upstream-options-only")
    upstream = applied(said, system, None, config) if system.binding is Binding.UPSTREAM else None
    async with open_store(config) as storage:
        if upstream is None:
            await storage.registers.add_system(system, secret)
        else:
            await storage.registers.add_upstream(*upstream)


@app.command
async def change(
    id: SystemId,
    *,
    name: str | None = None,
    policy: PolicyName | None = None,
    webhook_url: str | None = None,
    new_secret: bool = False,
    overlap: Hours = 24.0,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Change what is given of a system; the rest stays.

    Parameters
    ----------
    name
        A new name.
    policy
        What its documents must carry.
    webhook_url
        Where the hub calls it.
    new_secret
        Make a new webhook secret, or a new password for the broker (amqp), and show it once.
    overlap
        Hours for which calls to a webhook are also signed with its old secret.
    """
    from routing.values import Binding, SignaturePolicy

    _check_url(webhook_url, config)
    given = {"name": name, "policy": SignaturePolicy(policy) if policy else None, "webhook_url": webhook_url}
    async with open_store(config) as storage:
        system = await _system(storage, id)
        is_amqp, is_webhook = system.binding is Binding.AMQP, system.binding is Binding.WEBHOOK
        if (webhook_url and not is_webhook) or (new_secret and not (is_amqp or is_webhook)):
            raise UsageFault("webhook-only", what=id, binding=system.binding)
        secret = _new_secret() if new_secret and is_webhook else None
        changes = {field: value for field, value in given.items() if value is not None}
        account = None
        if new_secret and is_amqp:
            account = new_account(id, read_config(config)[0].broker, is_open=system.is_active)
        until = datetime.now(UTC) + timedelta(hours=overlap) if overlap else None
        await storage.registers.update_system(replace(system, **changes), secret, until)
    await _print_secrets("changed", id, secret, account, config, as_json=as_json)
    if secret is not None and until is not None and not as_json:
        print_line(say("webhook-overlap", until=shown_as(until)))
    return 0


@app.command
async def suspend(id: SystemId, *, config: Config = None) -> int:
    """Suspend a system: its keys are refused and nothing is carried to it until it is resumed.

    The account at RabbitMQ of a system that consumes its own queue is closed, or the commands that do it are printed.
    """
    return await _set_active(id, config, is_active=False)


@app.command
async def resume(id: SystemId, *, config: Config = None) -> int:
    """Let a suspended system work again."""
    return await _set_active(id, config, is_active=True)


@app.command
async def limit(
    id: SystemId,
    *,
    requests_per_second: Rate | None = None,
    burst: Count | None = None,
    concurrent_submissions: Count | None = None,
    stored_bytes: Size | None = None,
    config: Config = None,
) -> int:
    """Grant a system limits of its own; what is left out is as for everybody (section [limits] of the configuration).

    Parameters
    ----------
    requests_per_second
        Requests that it may keep sending each second; 0: no limit.
    burst
        Requests that it may send at once after a pause.
    concurrent_submissions
        Packages of it that are examined at the same time.
    stored_bytes
        Bytes of packages that it may have stored; 0: no limit.
    """
    from hub.limits import SystemLimits

    limits = SystemLimits(
        requests_per_second=requests_per_second,
        burst=burst,
        concurrent_submissions=concurrent_submissions,
        stored_bytes=stored_bytes,
    )
    async with open_store(config) as storage:
        await storage.registers.set_limits(id, limits)
    print_line(say("changed", what=id))
    return 0


def _check_url(url: str | None, config: Path | None) -> None:
    """Refuse a target that webhooks may not reach, before it is stored."""
    if url is not None:
        from adapters.webhook import Guard

        Guard(read_config(config)[0].delivery.webhook_allow).check(url)


def _new_secret() -> str:
    from adapters.webhook import new_secret

    return new_secret()


async def _print_secrets(
    done: str, id: str, secret: str | None, account: Account | None, config: Path | None, *, as_json: bool
) -> None:
    """Say what was done, and show once what exists nowhere else; the account is made at the broker first."""
    broker = read_config(config)[0].broker
    if as_json:
        made = None if account is None else await make_for_programs(account, broker)
        print_json({"id": id, "webhook_secret": secret, "account": made})
        return
    print_line(say(done, what=id))
    if secret is not None:
        print_line(say("key-once-webhook"))
        print_line(secret)
    if account is not None:
        await make_for_people(account, broker)


async def _set_active(id: str, config: Path | None, *, is_active: bool) -> int:
    from routing.values import Binding

    async with open_store(config) as storage:
        await storage.registers.suspend_system(id, is_active=is_active)
        system = await _system(storage, id)
    print_line(say("changed", what=id))
    broker = read_config(config)[0].broker
    if system.binding is Binding.AMQP and broker.url:
        await set_open(id, broker, is_open=is_active)
    return 0


async def _system(storage: Storage, id: str) -> System:
    register = await storage.registers.load_register()
    found = next((each for each in register.systems if each.id == id), None)
    if found is None:
        raise CommandFailed("unknown", what=id)
    return found
