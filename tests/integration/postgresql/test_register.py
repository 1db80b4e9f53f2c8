"""The register, changed by two processes at once."""

import asyncio

import pytest
from sqlalchemy import NullPool, create_engine, insert

from adapters.storage.register_changes import AlreadyRegistered, _raise_version
from adapters.storage.register_tables import agencies
from routing.values import Agency


async def test_added_by_another_process_meanwhile(storage, settings):
    """What another process is just adding is there already, and is not replaced."""
    with create_engine(settings.url, poolclass=NullPool).begin() as other:
        other.execute(_raise_version)
        other.execute(insert(agencies).values(code="H99.01", name="Sở Một", is_suspended=False))
        adding = asyncio.create_task(storage.registers.add_agency(Agency("H99.01", "Sở Hai")))
        await asyncio.sleep(0.5)  # it has come to the other's change by then, and waits
    with pytest.raises(AlreadyRegistered):
        await adding
    assert [each.name for each in (await storage.registers.load_register()).agencies] == ["Sở Một"]
