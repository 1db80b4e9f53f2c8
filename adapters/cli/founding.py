"""Founding a hub: all files of its folder, its keys, its database, and for a demo everybody who takes part."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from adapters.amqp.accounts import Account
from adapters.cli.demo_directory import DemoDirectory, read_demo_directory
from adapters.cli.demo_enrolment import Enrolment, enrol
from adapters.cli.files import write_new, write_secret
from adapters.cli.hub_keys import DEVELOPMENT_CRLS, write_development_pki, write_own_keys, write_secrets_key
from adapters.cli.system_amqp import made, new_account
from adapters.cli.template import render
from adapters.cli.trouble import UsageFault
from hub.settings import (
    BrokerSettings,
    DeliverySettings,
    HubSettings,
    ListenSettings,
    RevocationSettings,
    Settings,
    StorageSettings,
    TrustSettings,
)
from routing.values import Binding

_MADE = ("axis.toml", "pki", "data", "credentials.json")


class Plan(Struct, frozen=True, kw_only=True):
    """What to found, and where."""

    folder: Path
    hub_code: str
    port: int
    webhook_port: int
    is_demo: bool
    database_url: str | None = None  #: None: SQLite in the folder
    broker_url: str = ""  #: empty: a table of the database is the queue
    management_url: str = ""  #: empty: accounts are made by printed commands

    @property
    def base_url(self) -> str:
        """Where the hub will be found."""
        return f"http://127.0.0.1:{self.port}"


async def found(plan: Plan) -> tuple[Account, ...]:
    """Create everything; of the folder, what was begun is removed again when it cannot be finished.

    Returns accounts at the broker that an operator is to make there: no management API was named, or it did not answer.

    Raises:
        UsageFault: something is there already, in the folder or in the database.
    """
    folder = plan.folder
    if (folder.exists() and not folder.is_dir()) or any((folder / name).exists() for name in _MADE):
        raise UsageFault("not-empty", path=folder)
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return await _found(plan)
    except BaseException:
        for name in _MADE:
            _remove(folder / name)
        if is_new:
            folder.rmdir()
        raise


async def _found(plan: Plan) -> tuple[Account, ...]:
    from sqlalchemy import make_url

    from adapters.storage.migrate import is_empty, migrate
    from adapters.trust.locker import FileLocker
    from hub.compose import located

    at = datetime.now(UTC)
    settings = _settings(plan)
    storage = located(settings.storage, plan.folder.resolve())
    if plan.database_url and not is_empty(storage.url):
        raise UsageFault("database-not-empty", url=make_url(storage.url).render_as_string(hide_password=True))
    pki = plan.folder / "pki"
    for folder in (pki, plan.folder / "data"):
        folder.mkdir(mode=0o700)
    directory: DemoDirectory | None = None
    if plan.is_demo:
        directory = read_demo_directory(plan.hub_code, has_rabbitmq=bool(plan.broker_url))
        seals = write_development_pki(pki, plan.hub_code, directory, at)
    else:
        write_own_keys(pki, plan.hub_code, at)
    locker = FileLocker(plan.folder / settings.trust.secrets_key)
    write_secrets_key(plan.folder / settings.trust.secrets_key)
    has_secrets = bool(plan.database_url or plan.broker_url)  # addresses of servers hold passwords
    write_new(plan.folder / "axis.toml", render(settings).encode(), mode=0o600 if has_secrets else 0o644)
    migrate(storage.url)
    if directory is not None:
        accounts = {
            each.id: new_account(each.id, settings.broker) for each in directory.systems if each.binding is Binding.AMQP
        }
        enrolment = Enrolment(
            directory,
            seals,
            base_url=plan.base_url,
            hub_code=plan.hub_code,
            at=at,
            broker_url=plan.broker_url,
            accounts=accounts,
        )
        credentials = await enrol(storage, enrolment, locker, f"http://127.0.0.1:{plan.webhook_port}/axis")
        write_secret(plan.folder / "credentials.json", credentials)
        return tuple([each for each in accounts.values() if not await made(each, settings.broker)])
    return ()


def _settings(plan: Plan) -> Settings:
    settings = Settings(
        hub=HubSettings(code=plan.hub_code, base_url=plan.base_url),
        listen=ListenSettings(port=plan.port),
        storage=StorageSettings(url=plan.database_url) if plan.database_url else StorageSettings(),
        broker=BrokerSettings(url=plan.broker_url, management_url=plan.management_url),
    )
    if not plan.is_demo:
        return settings
    return replace(
        settings,
        # The demo's webhook receiver listens on this machine, which is otherwise no target of webhooks.
        delivery=DeliverySettings(webhook_allow=(f"127.0.0.1:{plan.webhook_port}",)),
        trust=TrustSettings(revocation=RevocationSettings(mode="require", crl=DEVELOPMENT_CRLS)),
    )


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
