"""Facts about identifiers."""

import time
import uuid
from datetime import UTC, datetime, timedelta

from hub.ids import first_uuid7, uuid7


def test_an_id_is_a_uuid_of_version_7():
    """The standard library reads it as a UUIDv7 of the RFC's variant."""
    parsed = uuid.UUID(uuid7())
    assert parsed.version == 7
    assert parsed.variant == uuid.RFC_4122


def test_an_id_holds_its_millisecond():
    """The first 48 bits are the Unix time in milliseconds."""
    before = time.time_ns() // 1_000_000
    stamp = int(uuid7().replace("-", "")[:12], 16)
    assert before <= stamp <= time.time_ns() // 1_000_000


def test_ids_are_unique():
    """Ten thousand ids differ."""
    assert len({uuid7() for _ in range(10_000)}) == 10_000


def test_ids_made_one_after_the_other_sort_so():
    """A page by id is a page by time."""
    made = []
    for _ in range(100):
        made.append(uuid7())
        time.sleep(1e-5)
    assert made == sorted(made)


def test_ids_made_before_and_after_a_time():
    """The first id of a time lies between those that were made before and those that are made after it."""
    before = uuid7()
    now = datetime.now(UTC) + timedelta(milliseconds=1)
    boundary = first_uuid7(now)
    while datetime.now(UTC) < now:
        pass
    assert before < boundary < uuid7()
    assert len(boundary) == len(before)
