"""The pages about security name tests that exist, and requirements that are those of the standard."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.attacks.asvs import LEVELS, claimed
from tests.support.project import ROOT, functions_of_tests

_TEST = re.compile(r"`((?:attacks|acceptance|architecture|contract|faults|integration|unit)/[\w/]+\.py(?:::\w+)?)`")
ASVS = "docs/security/asvs.md"


@pytest.mark.parametrize("page", ["THREAT_MODEL.md", ASVS])
def test_named_tests_exist(page):
    """Every test that a page about security leans on is there."""
    known = {each.id for each in functions_of_tests()} | {each.id.partition("::")[0] for each in functions_of_tests()}
    named = set(_TEST.findall((ROOT / page).read_text(encoding="utf-8")))
    assert len(named) > 20
    assert named - known == set()


def test_the_standard_has_as_many_requirements_as_it_says():
    """ASVS 5.0.0 has 345 requirements: 70 of level 1, 183 of level 2, 92 of level 3."""
    assert Counter(LEVELS.values()) == {1: 70, 2: 183, 3: 92}


def test_every_requirement_of_levels_1_and_2_stands_once():
    """The page leaves out nothing of levels 1 and 2, repeats nothing, and states the true levels."""
    page = list(claimed((ROOT / ASVS).read_text(encoding="utf-8")))
    counted = Counter(number for number, _ in page)
    wanted = {number for number, level in LEVELS.items() if level < 3}
    assert sorted(wanted - counted.keys()) == []
    assert sorted(counted.keys() - wanted) == []
    assert [number for number, times in counted.items() if times > 1] == []
    assert [number for number, levels in page if LEVELS[number] not in levels] == []
