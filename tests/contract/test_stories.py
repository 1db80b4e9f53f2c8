"""The story of one package, page by page."""

import pytest

from hub.accounts import Caller, Role
from hub.changes import Changes
from hub.events import Event
from hub.library import Library
from hub.queries import StoryQuery
from hub.register import CurrentRegister
from hub.seen import Seen
from hub.trouble import Refusal

from .samples import delivery, event, package

RECIPIENTS = 400  #: two events each: more than are read at a time


@pytest.fixture
def library(store):
    return Library(store, CurrentRegister(source=None), Seen())


@pytest.fixture
async def told(store):
    """A package to many recipients and its story, in commit order."""
    sent = package()
    deliveries = tuple(delivery(sent, system_id=f"to-{i}", recipient=f"H99.{i}") for i in range(RECIPIENTS))
    kinds = (Event.QUEUING, Event.CONTENT_CONSIGNMENT)
    story = (
        event(Event.SUBMISSION_ACCEPTANCE, sent),
        *(event(kind, sent, each) for kind in kinds for each in deliveries),
    )
    await store.record(Changes(package=sent, deliveries=deliveries, events=story))
    return sent, story


async def walked(library, system_id, sent, **query):
    found, cursor = [], None
    while True:
        asked = StoryQuery(cursor=cursor, **query)
        page = await library.events(Caller(system_id, Role.SYSTEM), sent.id, asked)
        assert len(page.items) <= asked.limit
        found += page.items
        cursor = page.cursor
        if cursor is None:
            return tuple(found)


@pytest.mark.parametrize("limit", [150, 801])
async def test_the_sender_walks_through_all(library, told, limit):
    """The pages of a long story hold all of it in commit order; a page that ends it says so, also when it is full."""
    sent, story = told
    assert await walked(library, "sys-1", sent, limit=limit) == story


async def test_receipts_only(library, told):
    """The receipts of a long story are found in pages of their own."""
    sent, story = told
    receipts = tuple(each for each in story if each.jws is not None)
    assert await walked(library, "sys-1", sent, limit=200, receipts_only=True) == receipts


async def test_a_recipient_sees_its_part(library, told):
    """A recipient's pages hold the acceptance and what happened to its own copy, wherever in the story that stands."""
    sent, story = told
    part = tuple(each for each in story if each.recipient_system in {None, "to-399"})
    assert await walked(library, "to-399", sent, limit=2) == part


async def test_the_cursor_of_another_package(library, told, store):
    """A cursor is an event of this package."""
    sent, _ = told
    other = event(Event.SUBMISSION_ACCEPTANCE, package())
    await store.record(Changes(events=(other,), package=package(id=other.package_id)))
    for cursor in (other.id, "nonsense"):
        with pytest.raises(Refusal) as caught:
            await library.events(Caller("sys-1", Role.SYSTEM), sent.id, StoryQuery(cursor=cursor))
        assert caught.value.code == "cursor-invalid"
