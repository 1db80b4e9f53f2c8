"""One laboratory a session, the good packages that it signed, and the hub's examination in this process."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.attacks.examining import Examiner
from tests.attacks.mutants import Good, Mutant, goods, mutants_of
from tests.vectors.signatures.signers import Lab


@pytest.fixture(scope="session")
def lab() -> Lab:
    return Lab(datetime.now(UTC))


@pytest.fixture(scope="session")
def good_packages(lab) -> dict[str, Good]:
    return {good.name: good for good in goods(lab)}


@pytest.fixture(scope="session")
def mutants(good_packages) -> dict[str, dict[str, list[Mutant]]]:
    """Every mutant by the name of its good package and of its family; making them registers certificates."""
    made: dict[str, dict[str, list[Mutant]]] = {}
    for name, good in good_packages.items():
        for family, mutant in mutants_of(good):
            made.setdefault(name, {}).setdefault(family, []).append(mutant)
    return made


@pytest.fixture(scope="session")
def examiner(lab, mutants) -> Examiner:
    return Examiner(lab)
