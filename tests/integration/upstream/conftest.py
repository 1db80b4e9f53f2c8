from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.sdk import Documents201
from tests.support.two_hubs import TwoHubs, connected


@pytest.fixture(scope="module")
def hubs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoHubs]:
    """Both hubs, running."""
    pair = connected(tmp_path_factory.mktemp("upstream"))
    try:
        yield pair.start()
    finally:
        pair.stop()


@pytest.fixture
def documents(hubs: TwoHubs):
    """Make document services of agencies' own systems; their connections are closed at the end."""
    opened = []

    def make(code: str) -> Documents201:
        opened.append(hubs.system(code))
        return opened[-1].documents()

    yield make
    for each in opened:
        each.close()
