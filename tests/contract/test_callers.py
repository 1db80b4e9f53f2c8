"""What the register keeps about callers beside systems and keys: client certificates, limits, and when they were seen."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from adapters.storage.register_changes import AlreadyRegistered, NotRegistered
from hub.accounts import ApiKey, SystemCertificate
from hub.limits import SystemLimits
from routing.values import Binding, System

from .samples import AT

SYSTEM = System("sys-1", "Văn thư", Binding.PULL)
CERTIFICATE = SystemCertificate(
    sha256="ab" * 32,
    system_id="sys-1",
    subject="CN=sys-1",
    not_before=AT - timedelta(1),
    not_after=AT + timedelta(365),
    added_at=AT,
)
KEY = ApiKey(key_id="k1", secret_sha256="cd" * 32, system_id="sys-1", user_name=None, created_at=AT)


@pytest.fixture
async def registers(storage):
    await storage.registers.add_system(SYSTEM)
    return storage.registers


async def test_certificate_returns_as_added(registers):
    """A client certificate is read back equal, and gone when it is taken away."""
    await registers.add_system_certificate(CERTIFICATE)
    assert (await registers.load_register()).system_certificates == (CERTIFICATE,)
    await registers.remove_system_certificate(CERTIFICATE.sha256)
    assert (await registers.load_register()).system_certificates == ()


async def test_certificate_names_one_system(registers):
    """A certificate that two systems shared would name neither."""
    await registers.add_system(replace(SYSTEM, id="sys-2"))
    await registers.add_system_certificate(CERTIFICATE)
    with pytest.raises(AlreadyRegistered):
        await registers.add_system_certificate(replace(CERTIFICATE, system_id="sys-2"))


async def test_unknown_names(registers):
    """Binding to, or limiting, a system that does not exist is an error, and so is removing or expiring nothing."""
    for changing in (
        registers.add_system_certificate(replace(CERTIFICATE, system_id="nobody")),
        registers.remove_system_certificate("ef" * 32),
        registers.set_limits("nobody", SystemLimits()),
        registers.expire_api_key("k9", AT),
    ):
        with pytest.raises(NotRegistered):
            await changing


async def test_limits_are_replaced(registers):
    """Limits of a system are read back equal; new ones replace the old ones whole."""
    await registers.set_limits("sys-1", SystemLimits(requests_per_second=2.5, burst=10))
    await registers.set_limits("sys-1", SystemLimits(concurrent_submissions=1, stored_bytes=2**40))
    limits = (await registers.load_register()).limits
    assert limits == {"sys-1": SystemLimits(concurrent_submissions=1, stored_bytes=2**40)}


async def test_changes_of_callers_raise_the_version(registers):
    """Running hubs learn of each of these changes."""
    await registers.add_api_key(KEY)
    before = await registers.register_version()
    await registers.add_system_certificate(CERTIFICATE)
    await registers.set_limits("sys-1", SystemLimits(burst=1))
    await registers.expire_api_key("k1", AT + timedelta(hours=1))
    await registers.remove_system_certificate(CERTIFICATE.sha256)
    assert await registers.register_version() == before + 4
    assert (await registers.load_register()).api_keys[0].expires_at == AT + timedelta(hours=1)


async def test_uses_do_not_raise_the_version(registers):
    """Noting that a credential was used makes no hub read the register again."""
    before = await registers.register_version()
    await registers.note_uses({"k1": AT, "ab" * 32: AT})
    await registers.note_uses({"k1": AT + timedelta(minutes=1)})
    assert await registers.credential_uses() == {"k1": AT + timedelta(minutes=1), "ab" * 32: AT}
    assert await registers.register_version() == before
