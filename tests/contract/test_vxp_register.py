"""What the register keeps about callers by the national SDK's protocol, and what they ask of the administrator."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from adapters.storage.agency_requests import AlreadyDecided
from adapters.storage.register_changes import AlreadyRegistered, NotRegistered
from hub.agency_requests import Action, AgencyRequest, Standing
from hub.ids import uuid7
from hub.shared_secrets import SharedSecret, VxpTerms
from routing.values import Agency, Binding, System

from .samples import AT

SYSTEM = System("G22", "Văn phòng", Binding.VXP)
SECRET = SharedSecret(id="s1", system_id="G22", sealed=b"\x00sealed", created_at=AT)
TODAY = date(2026, 11, 2)


def request(**changed):
    values = {"action": Action.REGISTER, "code": "G22.05", "name": "Đơn vị Năm", "parent": "G22", "contact": "{}"}
    return AgencyRequest(**{"id": uuid7(), "at": AT, "system_id": "G22"} | values | changed)


@pytest.fixture
async def registers(storage):
    await storage.registers.add_system(SYSTEM)
    return storage.registers


async def test_secrets_overlap_newest_first(registers):
    """A secret is read back equal; a newer one stands before it; the old one expires or is revoked."""
    newer = replace(SECRET, id="s2", created_at=AT + timedelta(1))
    await registers.add_shared_secret(SECRET)
    await registers.add_shared_secret(newer)
    assert (await registers.load_register()).shared_secrets == (newer, SECRET)
    await registers.expire_shared_secret("s1", AT + timedelta(2))
    await registers.revoke_shared_secret("s2", AT + timedelta(3))
    kept = {each.id: each for each in (await registers.load_register()).shared_secrets}
    assert [kept["s1"].is_valid(AT + timedelta(days)) for days in (1, 2)] == [True, False]
    assert not kept["s2"].is_valid(AT)
    with pytest.raises(AlreadyRegistered):
        await registers.add_shared_secret(SECRET)


async def test_terms_return_as_set(registers):
    """The terms of a system replace its earlier ones."""
    for terms in (VxpTerms(networks=("10.0.0.0/8", "::1/128"), needs_certificate=True), VxpTerms(may_enrol=True)):
        await registers.set_vxp_terms("G22", terms)
        assert (await registers.load_register()).vxp_terms == {"G22": terms}


async def test_unknown_names(registers):
    """Nothing is kept for a system that does not exist, and nothing decided about a request that does not."""
    for changing in (
        registers.add_shared_secret(replace(SECRET, system_id="nobody")),
        registers.set_vxp_terms("nobody", VxpTerms()),
        registers.expire_shared_secret("s9", AT),
        registers.reject_request("r9", AT, ""),
        registers.approve_request("r9", AT, TODAY),
    ):
        with pytest.raises(NotRegistered):
            await changing


async def test_an_equal_request_is_kept_once(registers):
    """Asking again changes nothing; asking for something else does; the register's version stays."""
    version = await registers.register_version()
    first = request()
    for each in (first, request(), request(name="Tên khác")):
        await registers.add_request(each)
    assert [each.name for each in await registers.requests(Standing.PENDING)] == ["Đơn vị Năm", "Tên khác"]
    assert (await registers.requests())[0] == first
    assert await registers.register_version() == version


async def test_approval_changes_the_directory_once(registers):
    """An approved agency belongs to the system that asked; a second decision is refused."""
    asked = request()
    await registers.add_request(asked)
    await registers.approve_request(asked.id, AT, TODAY)
    made = Agency("G22.05", "Đơn vị Năm", parent="G22", system_id="G22", valid_from=TODAY)
    assert (await registers.load_register()).agencies == (made,)
    for deciding in (registers.approve_request(asked.id, AT, TODAY), registers.reject_request(asked.id, AT, "")):
        with pytest.raises(AlreadyDecided):
            await deciding
    (kept,) = await registers.requests(Standing.APPROVED)
    assert kept.decided_at == AT


async def test_a_known_agency_is_renamed_and_closed(registers):
    """A change keeps old codes; a deletion closes the agency from the day on, and removes nothing."""
    await registers.add_agency(Agency("G22.05", "Tên cũ", system_id="G22", old_codes=("000.00.05.G22",)))
    renamed = request(parent=None)
    closed = request(action=Action.DELETE)
    for each in (renamed, closed):
        await registers.add_request(each)
        await registers.approve_request(each.id, AT, TODAY)
    (agency,) = (await registers.load_register()).agencies
    assert (agency.name, agency.old_codes) == ("Đơn vị Năm", ("000.00.05.G22",))
    assert not agency.exists_on(TODAY)
    assert agency.exists_on(TODAY - timedelta(1))


async def test_a_rejected_request_changes_nothing(registers):
    """The reason is kept with it."""
    asked = request()
    await registers.add_request(asked)
    await registers.reject_request(asked.id, AT, "đã có đơn vị khác")
    (kept,) = await registers.requests(Standing.REJECTED)
    assert kept.note == "đã có đơn vị khác"
    assert (await registers.load_register()).agencies == ()
