"""The lock files."""

import re

import pytest
from packaging.requirements import Requirement

from .sources import ROOT

LOCKS = ("requirements.txt", "requirements-build.txt", "requirements-dev.txt")


def entries(name):
    joined = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("name", LOCKS)
def test_every_entry_is_pinned_with_hashes(name):
    """Every entry of a lock file names one version and at least one SHA-256."""
    assert entries(name)
    for entry in entries(name):
        assert re.match(r"[a-z0-9-]+(\[[a-z,-]+\])?==[^ ]+ ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


@pytest.mark.parametrize("name", LOCKS)
def test_no_address(name):
    """A lock file does not record where a package came from."""
    assert not re.search(
        r"://|--(index-url|extra-index-url|find-links|trusted-host)| @ ", (ROOT / name).read_text("utf-8")
    )


def test_locks_agree():
    """A package that stands in several lock files has the same version in each."""
    versions = {}
    for name in LOCKS:
        for entry in entries(name):
            requirement = Requirement(entry.split(" --hash", 1)[0])
            key = (requirement.name, str(requirement.marker or ""))
            versions.setdefault(key, set()).add(str(requirement.specifier))
    assert {key: found for key, found in versions.items() if len(found) > 1} == {}
