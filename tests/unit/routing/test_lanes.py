"""From urgency to lane."""

import pytest

from routing.lanes import lane_of
from routing.values import Lane


def test_normal():
    """Priority 0 is the normal lane."""
    assert lane_of(0) is Lane.NORMAL


@pytest.mark.parametrize("urgency", [1, 2, 3, 4])
def test_urgent(urgency):
    """Every urgency, the legacy 4 too, is the urgent lane."""
    assert lane_of(urgency) is Lane.URGENT


@pytest.mark.parametrize("urgency", [-1, 5])
def test_outside(urgency):
    """Other numbers are no urgency (a secrecy mark put there must not pass as one)."""
    with pytest.raises(ValueError, match="Priority"):
        lane_of(urgency)
