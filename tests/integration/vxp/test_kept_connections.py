"""The connection that the SDK keeps for its next document (vxp-wire, sections 2.2 and 9.8)."""

from __future__ import annotations

import pytest

from tests.support.vxp import A, B, found, letter, sending


@pytest.fixture
def world(tmp_path):
    made = found(tmp_path / "hub", {"AXIS_LISTEN__IDLE_TIMEOUT": "1"})
    made.hub.start()
    yield made
    assert made.hub.stop() == 0


def test_a_kept_connection_ends_when_it_is_idle(world):
    """The connection of `sendEdoc` serves the next document, and is closed after `listen.idle_timeout` without one."""
    with world.sdk(A) as sdk:
        documents, kept = sdk.documents(), []
        for _ in range(2):
            assert documents.send_edoc(sending(A), letter(A, B)).status == "OK"
            kept.append(sdk.jdk.kept)
        assert kept[0] is kept[1]
        assert kept[1].recv(1) == b""
