"""Enrolling everybody of a demo in the register, and writing down their secrets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from adapters.amqp.accounts import Account
from adapters.cli.credentials import AgencyEntry, Credentials, HubEntry, SystemEntry, UserEntry
from adapters.cli.demo_directory import DemoDirectory, DemoSystem
from adapters.cli.hub_keys import DevelopmentSeals
from adapters.cli.passwords import hash_password, new_password
from adapters.cli.shared_secrets import new_shared_secret, sealed_secret
from hub import keys
from hub.accounts import ApiKey, Role, User
from hub.settings import StorageSettings
from hub.shared_secrets import SecretLocker
from routing.values import Binding
from signing.keys import der_of, fingerprint
from signing.lab import Identity
from signing.verify import RegisteredCertificate


class Enrolment(Struct, frozen=True):
    """Who is to be enrolled, with what keys, at which hub."""

    directory: DemoDirectory
    seals: DevelopmentSeals
    base_url: str
    hub_code: str
    at: datetime
    broker_url: str = ""
    accounts: Mapping[str, Account] = {}  #: at the broker, of the systems that consume a queue there, by their ids


class _Secrets(Struct, frozen=True):
    """A system's secrets, made once and shown in the credentials file only."""

    api_key: keys.Key
    vxp_secret: str
    webhook: str | None


async def enrol(storage: StorageSettings, enrolment: Enrolment, locker: SecretLocker, webhook_url: str) -> bytes:
    """Write everybody into the register; return the bytes of `credentials.json`."""
    from adapters.storage.opening import open_storage

    directory = enrolment.directory
    made = {system.id: _secrets_for(system) for system in directory.systems}
    passwords = {user.name: new_password() for user in directory.users}
    async with open_storage(storage, inline_bytes=0) as opened:
        await opened.registers.import_entries(
            systems=(each.as_system(webhook_url if made[each.id].webhook else None) for each in directory.systems),
            agencies=(each.as_agency() for each in directory.agencies),
            certificates=(_registered(code, identity) for code, identity in enrolment.seals.registered()),
            webhook_secrets={name: each.webhook for name, each in made.items() if each.webhook is not None},
        )
        for name, each in made.items():
            await opened.registers.add_api_key(_api_key(each.api_key, name, enrolment.at))
            await opened.registers.add_shared_secret(sealed_secret(each.vxp_secret, name, locker, enrolment.at))
        for user in directory.users:
            account = User(name=user.name, role=Role(user.role), password_phc=hash_password(passwords[user.name]))
            await opened.registers.add_user(account)
    return msgspec.json.format(msgspec.json.encode(_credentials(enrolment, made, passwords, webhook_url)), indent=2)


def _secrets_for(system: DemoSystem) -> _Secrets:
    from adapters.webhook.signature import new_secret

    is_called = system.binding is Binding.WEBHOOK
    return _Secrets(keys.make(), new_shared_secret(), new_secret() if is_called else None)


def _registered(code: str, identity: Identity) -> RegisteredCertificate:
    return RegisteredCertificate(fingerprint(identity.certificate), code, der_of(identity.certificate))


def _api_key(key: keys.Key, system_id: str, at: datetime) -> ApiKey:
    return ApiKey(
        key_id=key.key_id, secret_sha256=key.secret_sha256, system_id=system_id, user_name=None, created_at=at
    )


def _credentials(
    enrolment: Enrolment, made: Mapping[str, _Secrets], passwords: Mapping[str, str], webhook_url: str
) -> Credentials:
    directory, accounts = enrolment.directory, enrolment.accounts
    return Credentials(
        base_url=enrolment.base_url,
        hub=HubEntry(enrolment.hub_code, "pki/hub.cert.pem", "pki/root.cert.pem"),
        systems=tuple(
            SystemEntry(
                id=system.id,
                binding=system.binding,
                api_key=made[system.id].api_key.text,
                vxp_secret=made[system.id].vxp_secret,
                agencies=directory.agencies_of(system.id),
                url=_address(enrolment, system, webhook_url),
                secret=accounts[system.id].password if system.id in accounts else made[system.id].webhook,
            )
            for system in directory.systems
        ),
        agencies=tuple(
            AgencyEntry(
                code=agency.code,
                name=agency.name,
                old_code=agency.old_code,
                key=f"pki/{agency.code}.key.pem",
                certificate=f"pki/{agency.code}.cert.pem",
                system=agency.system,
            )
            for agency in directory.agencies
        ),
        users=tuple(UserEntry(user.name, passwords[user.name], user.role) for user in directory.users),
    )


def _address(enrolment: Enrolment, system: DemoSystem, webhook_url: str) -> str | None:
    """Return where a system is called, or where it consumes its queue."""
    if system.id in enrolment.accounts:
        return enrolment.accounts[system.id].url(enrolment.broker_url)
    return webhook_url if system.binding is Binding.WEBHOOK else None
