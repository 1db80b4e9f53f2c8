"""Failpoints fail when they are told to, and are nothing otherwise."""

import pytest

from hub.failpoints import POINTS, VARIABLE, Action, Failpoint, FailpointReached, bound, is_armed


def test_off():
    """Without the variable every point is passed."""
    reached = bound({})
    for name in POINTS:
        reached(name)


def test_off_is_one_function():
    """Without the variable there is nothing to count and nothing to compare."""
    assert bound({}) is bound({"PATH": "/bin"})


def test_nth():
    """A point fails at the n-th time only."""
    reached = bound({VARIABLE: "K4:raise:2"})
    reached("K4")
    with pytest.raises(FailpointReached):
        reached("K4")
    reached("K4")


def test_others():
    """Other points are passed."""
    reached = bound({VARIABLE: "K4:raise"})
    reached("K5")


@pytest.mark.parametrize("text", ["K99:kill", "K4", "K4:explode", "K4:kill:0", "K4:kill:x", "kill"])
def test_nonsense(text):
    """What is no failpoint is refused when the hub starts, and not ignored."""
    with pytest.raises(ValueError, match=r"."):
        bound({VARIABLE: text})


def test_parsed():
    """A failpoint is its name, its action and its number."""
    assert Failpoint.parse("K9:hang:3") == Failpoint("K9", Action.HANG, 3)


def test_armed():
    """What has to be prepared is prepared for the point that may fail, and for no other."""
    assert is_armed("K7", {VARIABLE: "K7:kill"})
    assert not is_armed("K7", {VARIABLE: "K8:kill"})
    assert not is_armed("K7", {})
