"""One laboratory a session, the good packages that it signed, and the hub's examination in this process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.attacks.examining import Examiner
from tests.attacks.hub import Attacked, prepared
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


@pytest.fixture(scope="session")
def attacked(tmp_path_factory, lab, mutants) -> Iterator[Attacked]:
    """A running hub of its own: what happens to it must not disturb other tests."""
    made = prepared(tmp_path_factory.mktemp("attacked") / "hub", lab)
    made.hub.start()
    yield made
    assert made.hub.stop() == 0
