"""The register: systems, agencies, certificates and accounts."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from adapters.storage.register_changes import AlreadyRegistered, Circular, NotRegistered
from hub.accounts import ApiKey, FormerSecret, Role, User
from hub.upstreams import Upstream
from routing.values import Agency, Binding, SignaturePolicy, System
from signing.verify import RegisteredCertificate

from .samples import AT

SYSTEM = System("sys-1", "Văn thư", Binding.WEBHOOK, SignaturePolicy.TRANSPORT, webhook_url="https://a.example/in")
PARENT = Agency("H99", "Tỉnh Mẫu")
AGENCY = Agency(
    "H99.01",
    "Sở Mẫu",
    parent="H99",
    system_id="sys-1",
    old_codes=("000.00.01.H99", "01.H99"),
    valid_from=date(2020, 1, 1),
    valid_to=date(2030, 12, 31),
)
CERTIFICATE = RegisteredCertificate(sha256="ab" * 32, agency_code="H99.01", der=b"\x30\x00")
USER = User(name="operator", role=Role.OPERATOR, password_phc="$argon2id$…")
KEY = ApiKey(
    key_id="k1", secret_sha256="cd" * 32, system_id="sys-1", user_name=None, created_at=AT, expires_at=AT + timedelta(1)
)


@pytest.fixture
def registers(storage):
    return storage.registers


@pytest.fixture
async def filled(registers):
    """A register with one entry of each kind."""
    await registers.add_system(SYSTEM, "whsec_1")
    await registers.add_agency(PARENT)
    await registers.add_agency(AGENCY)
    await registers.add_certificate(CERTIFICATE)
    await registers.add_user(USER)
    await registers.add_api_key(KEY)
    return registers


async def test_new_register_is_empty(registers):
    """A new hub knows nobody."""
    register = await registers.load_register()
    assert (register.systems, register.agencies, register.certificates) == ((), (), ())
    assert (register.api_keys, register.users, dict(register.webhook_secrets)) == ((), (), {})


async def test_entries_return_as_added(filled):
    """Every kind of entry is read back equal."""
    register = await filled.load_register()
    assert register.systems == (SYSTEM,)
    assert register.agencies == (PARENT, AGENCY)
    assert register.certificates == (CERTIFICATE,)
    assert register.users == (USER,)
    assert register.api_keys == (KEY,)
    assert register.webhook_secrets == {"sys-1": "whsec_1"}


async def test_every_change_raises_the_version(registers, topics):
    """The version grows with each change, and those who wait are told."""
    before = await registers.register_version()
    await registers.add_system(SYSTEM)
    await registers.suspend_system("sys-1")
    assert await registers.register_version() == before + 2
    assert topics == ["register", "register"]
    assert (await registers.load_register()).version == before + 2


async def test_refused_change_changes_nothing(filled):
    """A change that is refused leaves the version alone."""
    before = await filled.load_register()
    with pytest.raises(AlreadyRegistered):
        await filled.add_agency(replace(AGENCY, name="Khác"))
    assert await filled.load_register() == before


async def test_nothing_is_added_twice(filled):
    """Adding what exists is an error that names it."""
    for adding in (
        filled.add_system(SYSTEM),
        filled.add_agency(AGENCY),
        filled.add_certificate(CERTIFICATE),
        filled.add_user(USER),
        filled.add_api_key(KEY),
    ):
        with pytest.raises(AlreadyRegistered):
            await adding


async def test_nothing_unknown_is_changed(registers):
    """Changing or naming what does not exist is an error that names it."""
    for changing in (
        registers.update_system(SYSTEM),
        registers.suspend_system("sys-1"),
        registers.update_agency(AGENCY),
        registers.add_agency(AGENCY),
        registers.suspend_agency("H99.01"),
        registers.add_certificate(CERTIFICATE),
        registers.suspend_certificate("ab" * 32),
        registers.update_user(USER),
        registers.add_api_key(KEY),
        registers.add_api_key(replace(KEY, system_id=None, user_name="nobody")),
        registers.revoke_api_key("k1", AT),
    ):
        with pytest.raises(NotRegistered):
            await changing


async def test_a_secret_is_kept_beside_its_successor(filled):
    """A webhook secret that is replaced is kept until the time that was given; without one, it is not, nor an earlier one."""
    await filled.update_system(SYSTEM, "whsec_2", AT)
    register = await filled.load_register()
    assert register.webhook_secrets == {"sys-1": "whsec_2"}
    assert register.former_webhook_secrets == {"sys-1": FormerSecret("whsec_1", AT)}
    await filled.update_system(replace(SYSTEM, name="Mới"))
    assert (await filled.load_register()).former_webhook_secrets == {"sys-1": FormerSecret("whsec_1", AT)}
    await filled.update_system(SYSTEM, "whsec_3")
    register = await filled.load_register()
    assert (register.webhook_secrets, register.former_webhook_secrets) == ({"sys-1": "whsec_3"}, {})


async def test_no_agency_below_itself(filled):
    """An agency cannot be moved below one that stands below it, nor below itself."""
    for parent in ("H99.01", "H99"):
        with pytest.raises(Circular):
            await filled.update_agency(replace(PARENT, parent=parent))
    assert (await filled.load_register()).agencies == (PARENT, AGENCY)


async def test_no_circle_through_an_import(filled):
    """An import whose entries close a circle with what is there, however far up, changes nothing."""
    chain = tuple(Agency(f"C{i}", "Cấp", parent=f"C{i + 1}") for i in range(200))
    await filled.import_entries(agencies=(*chain, Agency("C200", "Đỉnh", parent="H99")))
    before = await filled.load_register()
    for closing in (
        (replace(PARENT, parent="C0"),),
        (replace(PARENT, parent="D0"), Agency("D0", "Mới", parent="D1"), Agency("D1", "Mới", parent="C100")),
        (Agency("D0", "Mới", parent="D1"), Agency("D1", "Mới", parent="D0"), AGENCY),
    ):
        with pytest.raises(Circular):
            await filled.import_entries(agencies=closing)
    assert await filled.load_register() == before


async def test_updates_replace(filled):
    """An update replaces the entry, old codes included; the webhook secret stays unless a new one is given."""
    system = replace(SYSTEM, name="Mới", policy=SignaturePolicy.REQUIRED)
    agency = replace(AGENCY, old_codes=("x",), valid_from=None, valid_to=None)
    await filled.update_system(system)
    await filled.update_agency(agency)
    await filled.update_user(replace(USER, role=Role.ADMIN))
    register = await filled.load_register()
    assert (register.systems, register.agencies) == ((system,), (PARENT, agency))
    assert register.users == (replace(USER, role=Role.ADMIN),)
    assert register.webhook_secrets == {"sys-1": "whsec_1"}
    await filled.update_system(system, "whsec_2")
    assert (await filled.load_register()).webhook_secrets == {"sys-1": "whsec_2"}


async def test_suspending_and_resuming(filled):
    """Entries are suspended and taken back in; keys are revoked."""
    await filled.suspend_system("sys-1")
    await filled.suspend_agency("H99.01")
    await filled.suspend_certificate("ab" * 32)
    await filled.revoke_api_key("k1", AT)
    register = await filled.load_register()
    assert not register.systems[0].is_active
    assert [each.is_suspended for each in register.agencies] == [False, True]
    assert register.certificates[0].is_suspended
    assert register.api_keys[0].revoked_at == AT
    await filled.suspend_system("sys-1", is_active=True)
    await filled.suspend_agency("H99.01", is_suspended=False)
    await filled.suspend_certificate("ab" * 32, is_suspended=False)
    register = await filled.load_register()
    assert (register.systems, register.agencies, register.certificates) == ((SYSTEM,), (PARENT, AGENCY), (CERTIFICATE,))


async def test_import_adds_and_replaces(filled):
    """An import adds what is new, replaces what is known and leaves the rest alone."""
    renamed = replace(AGENCY, name="Tên mới", old_codes=())
    more = tuple(Agency(f"H99.{i:04}", f"Phòng {i}", parent="H99.01", old_codes=(f"old-{i}",)) for i in range(2000))
    other = System("sys-2", "Khác", Binding.PULL)
    before = await filled.register_version()
    await filled.import_entries(systems=(other,), agencies=(renamed, *more), webhook_secrets={"sys-2": "s"})
    register = await filled.load_register()
    assert register.version == before + 1
    assert register.systems == (SYSTEM, other)
    assert register.agencies == tuple(sorted((PARENT, renamed, *more), key=lambda each: each.code))
    assert register.webhook_secrets == {"sys-1": "whsec_1", "sys-2": "s"}
    assert register.certificates == (CERTIFICATE,)


async def test_one_old_code_of_two_agencies(registers):
    """Two agencies may claim the same old code: the directory decides what that means."""
    await registers.add_agency(Agency("A", "A", old_codes=("old",)))
    await registers.add_agency(Agency("B", "B", old_codes=("old",)))
    assert [each.old_codes for each in (await registers.load_register()).agencies] == [("old",), ("old",)]


async def test_an_upstream_is_kept_with_what_it_reaches(registers):
    """Another axis stands beside its system; an ordinary change of the system leaves it as it is."""
    system = System("up", "Trục", Binding.UPSTREAM, SignaturePolicy.TRANSPORT, reaches=("*", "G22"))
    axis = Upstream(system_id="up", url="https://truc.example/vxp", remote_id="H99", sealed=b"\x00sealed")
    await registers.add_upstream(system, axis)
    await registers.update_system(replace(system, name="Trục quốc gia"))
    register = await registers.load_register()
    assert register.systems == (replace(system, name="Trục quốc gia"),)
    assert register.upstreams == {"up": axis}
    moved = Upstream(system_id="up", url="https://truc2.example/vxp", remote_id="H99", sealed=b"\x01")
    await registers.update_upstream(replace(system, reaches=()), moved)
    register = await registers.load_register()
    assert (register.systems[0].reaches, register.upstreams) == ((), {"up": moved})
    with pytest.raises(AlreadyRegistered):
        await registers.add_upstream(system, axis)
    with pytest.raises(NotRegistered):
        await registers.update_upstream(replace(system, id="down"), axis)


async def test_only_the_address_that_is_gone_is_forgotten(filled):
    """What a webhook's old address says does not take the new one away."""
    await filled.update_system(replace(SYSTEM, webhook_url="https://new.example.vn/"))
    assert not await filled.forget_address("sys-1", "https://old.example.vn/")
    assert (await filled.load_register()).systems[0].webhook_url == "https://new.example.vn/"
    assert await filled.forget_address("sys-1", "https://new.example.vn/")
    assert (await filled.load_register()).systems[0].webhook_url is None
    assert await filled.forget_address("sys-1", "https://new.example.vn/")
