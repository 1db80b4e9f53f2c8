"""Secrets sealed under a key file."""

import stat

import pytest

from adapters.trust.errors import KeyExposed, SecretsKeyUnusable
from adapters.trust.locker import FileLocker, new_secrets_key
from hub.trouble import Defect


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "secrets.key"
    path.write_bytes(new_secrets_key())
    path.chmod(0o600)
    return path


def test_what_is_sealed_opens_again(key):
    """The text comes back; two seals of it differ, and neither shows it."""
    locker = FileLocker(key)
    one, two = locker.seal("bí mật", "p"), locker.seal("bí mật", "p")
    assert locker.open(one, "p") == FileLocker(key).open(two, "p") == "bí mật"
    assert one != two
    assert "bí mật".encode() not in one


def test_a_seal_is_bound_to_its_purpose(key):
    """Moved to another system's row it does not open, nor after a bit was changed."""
    locker = FileLocker(key)
    sealed = locker.seal("x", "vxp-secret:A:1")
    for purpose, data in (
        ("vxp-secret:B:1", sealed),
        ("vxp-secret:A:1", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        ("vxp-secret:A:1", b""),
    ):
        with pytest.raises(Defect):
            locker.open(data, purpose)


def test_another_key_opens_nothing(key, tmp_path):
    """A copy of the database without the key is worth nothing."""
    sealed = FileLocker(key).seal("x", "p")
    other = tmp_path / "other.key"
    other.write_bytes(new_secrets_key())
    other.chmod(0o600)
    with pytest.raises(Defect):
        FileLocker(other).open(sealed, "p")


def test_a_key_that_is_none(key):
    """A short key, or one that others may read, is refused with what to do."""
    key.write_bytes(b"c2hvcnQ=\n")
    with pytest.raises(SecretsKeyUnusable):
        FileLocker(key).seal("x", "p")
    key.write_bytes(new_secrets_key())
    key.chmod(0o600 | stat.S_IRGRP)
    with pytest.raises(KeyExposed):
        FileLocker(key).seal("x", "p")


def test_a_missing_key_is_a_fault_of_the_hub(tmp_path):
    """Opening says so to the operators; nothing is believed."""
    with pytest.raises(Defect):
        FileLocker(tmp_path / "none").open(bytes(40), "p")
