"""Hubs with something to lose: documents small and large, handed over and still waiting."""

import io
import random
import shutil
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime

import pytest
from msgspec import Struct, structs

from adapters.cli.main import main
from adapters.cli.template import render
from adapters.client import open_client
from hub.configuration import load
from schemas.edxml.compose import NewFile, new_document
from tests.integration.postgresql.hub import RECIPIENT, SENDER, PatientHub, create
from tests.support.hub import free_port

SQLITE = "sqlite:///data/axis.db"


class Written(Struct):
    """What a command wrote."""

    stdout: str
    stderr: str


class Place(Struct):
    """A hub, running, and what was exchanged through it."""

    hub: PatientHub
    keys: dict[str, str]


def document(number, size=0):
    files = (NewFile("phu-luc.bin", random.Random(number).randbytes(size)),) if size else ()
    return new_document(
        sender=SENDER,
        recipients=(RECIPIENT,),
        subject="Thử sao lưu",
        number=str(number),
        notation="BC-X",
        sent_at=datetime.now(UTC),
        files=files,
    ).encode()


async def hand_in(place, *documents):
    """Hand documents in; return the packages."""
    async with open_client(place.hub.url, place.keys[SENDER]) as sender:
        return [(await sender.submit(each)).package for each in documents]


async def take(place, wanted):
    """Take and acknowledge deliveries until so many came; return the ids of their packages."""
    taken = []
    async with open_client(place.hub.url, place.keys[RECIPIENT]) as recipient:
        while len(taken) < wanted:
            for item in await recipient.inbox(wait=20):
                await recipient.acknowledge(item.id)
                taken.append(item.package_id)
    return taken


def empty_copy(place, folder, url):
    """A hub with the same keys and systems' secrets elsewhere, with nothing in its database yet."""
    folder.mkdir()
    shutil.copytree(place.hub.folder / "pki", folder / "pki")
    settings, _ = load(place.hub.config, {})
    moved = structs.replace(settings, storage=structs.replace(settings.storage, url=url))
    (folder / "axis.toml").write_text(render(moved), "utf-8")
    return Place(PatientHub(folder, free_port()), place.keys)


def run(*arguments, code=0):
    """Run a command in this process, which costs less than another one; return what it wrote."""
    shown, told = io.StringIO(), io.StringIO()
    with redirect_stdout(shown), redirect_stderr(told):
        ended = main(list(map(str, arguments)))
    assert ended == code, f"{arguments} ended {ended}: {shown.getvalue()}{told.getvalue()}"
    return Written(shown.getvalue(), told.getvalue())


@pytest.fixture
def url_of(new_postgresql_url):
    """The address of an empty database of an engine."""
    return lambda engine: SQLITE if engine == "sqlite" else new_postgresql_url()


@pytest.fixture
def place(tmp_path):
    """A running hub on SQLite."""
    hub, keys = create(PatientHub, SQLITE, tmp_path / "hub")
    hub.start().wait_for("/readyz")
    yield Place(hub, keys)
    hub.kill()
