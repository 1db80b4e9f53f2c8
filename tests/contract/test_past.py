"""The past that the benchmark makes is one that a hub could have had."""

from datetime import timedelta

from bench.fill import fill
from bench.past import Plan, made_up, past, waiting_for
from hub.lifecycle import State
from hub.queries import PackageQuery
from routing.values import Lane

from .samples import AT
from .test_lists import pages

PACKAGES, WAITING = 300, 20


async def test_a_made_past_is_consistent(settings, storage):
    """Every package has its acceptance and deliveries, every delivery its order; what waits is in the inbox of who is absent."""
    store = storage.store
    parties = made_up(30)
    plan = Plan(packages=PACKAGES, until=AT, span=timedelta(days=30), parties=parties)
    assert fill(settings.url, past(plan, size=70)) == PACKAGES
    assert fill(settings.url, waiting_for(parties[7], parties[0], count=WAITING, until=AT)) == WAITING
    found = [each for page in await pages(store.packages, PackageQuery(system_id=None, limit=50)) for each in page]
    assert len(found) == PACKAGES + WAITING
    standings = await store.standings([each.id for each in found])
    assert all(each.acceptance is not None and each.deliveries for each in standings)
    states = {delivery.state for each in standings for delivery in each.deliveries}
    assert {State.HANDED_OVER, State.CONSIGNED} <= states
    absent = parties[7].system_id
    counts = await store.unfinished()
    assert sum(counts.get((absent, lane, State.CONSIGNED), 0) for lane in Lane) >= WAITING
    items = await store.lease(absent, None, 200, AT, timedelta(minutes=5))
    assert len(items) >= WAITING
    content = await store.content(found[0].sha256)
    assert len(content.data) == found[0].size
