"""Recalls on every engine."""

import asyncio
from datetime import timedelta

import pytest

from hub.accounts import Caller, Role
from hub.lifecycle import State
from hub.queries import PackageQuery
from hub.recall import RecallResult, Recalls
from tests.contract.samples import submission
from tests.unit.hub.values import SENDER, FixedRegister, attestor, snapshot


@pytest.fixture
def recalls(store, clock):
    parts = {"store": store, "register": FixedRegister(snapshot()), "attestor": attestor(), "clock": clock}
    return Recalls(**parts, lifetime=timedelta(days=30))


@pytest.mark.parametrize(
    "state, result", [(State.CONSIGNED, RecallResult.WITHDRAWN), (State.HANDED_OVER, RecallResult.ASKED)]
)
async def test_the_same_recall_several_times_at_once(store, recalls, state, result):
    """Whoever asks twice at once is told the same twice, with one receipt, and one message travels."""
    unit = submission(systems=("recipient",), state=state, sender=SENDER, system_id="sender")
    await store.record(unit)
    caller = Caller("sender", Role.SYSTEM)
    several = await asyncio.gather(*(recalls.recall(caller, unit.package.id, "Gửi nhầm.") for _ in range(5)))
    assert {outcome.outcome for outcomes in several for outcome in outcomes} == {result}
    assert len({outcome.receipt.id for outcomes in several for outcome in outcomes}) == 1
    found = await store.packages(PackageQuery(system_id="sender", document_id=unit.package.document_id))
    travelling = ["status"] if result is RecallResult.ASKED else []
    assert sorted(each.kind for each in found.items) == ["document", *travelling]
