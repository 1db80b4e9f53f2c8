"""What systems ask of the administrator about the directory."""

from __future__ import annotations

import pytest

from hub.accounts import Caller, Register, Role, Snapshot
from hub.agency_requests import AgencyRequest, AgencyRequests
from hub.trouble import Refusal
from routing.values import Agency, Binding, System
from tests.unit.hub.values import NOW, FixedRegister

AGENCIES = (
    Agency("H99", "Tỉnh", system_id="other", old_codes=("000.00.00.H99",)),
    Agency("H99.01", "Sở", system_id="own", old_codes=("000.00.01.H99",)),
)
SYSTEMS = tuple(System(each, each, Binding.VXP) for each in ("own", "other"))
CALLER = Caller("own", Role.SYSTEM)


class Book:
    """Keeps requests."""

    def __init__(self) -> None:
        self.kept: list[AgencyRequest] = []

    async def add_request(self, request: AgencyRequest) -> None:
        self.kept.append(request)


@pytest.fixture
def book():
    return Book()


@pytest.fixture
def requests(book):
    register = FixedRegister(Snapshot.of(Register(1, SYSTEMS, AGENCIES, (), (), (), {})))
    return AgencyRequests(book=book, register=register, clock=lambda: NOW)


async def test_a_change_under_an_old_code_is_a_change_of_that_agency(book, requests):
    """No second agency comes to stand under the code; the one above is named by its current code too."""
    asked = {"code": "000.00.01.H99", "name": "Tên mới", "parent": "000.00.00.H99", "contact": ""}
    await requests.ask_to_register(CALLER, **asked)
    assert [(each.code, each.name, each.parent) for each in book.kept] == [("H99.01", "Tên mới", "H99")]


@pytest.mark.parametrize("parent", ["H99.01", "000.00.01.H99", "H98"])
async def test_nobody_stands_above_itself(book, requests, parent):
    """Neither the agency itself nor one that the directory does not have can be the one above it."""
    with pytest.raises(Refusal, match="above"):
        await requests.ask_to_register(CALLER, code="H99.01", name="Sở", parent=parent, contact="")
    assert not book.kept
