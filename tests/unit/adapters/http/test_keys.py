"""API keys."""

import re

import pytest

from hub import keys


def test_a_key_reads_back():
    """What `make` writes, `parse` reads."""
    key = keys.make()
    assert keys.parse(key.text) == key


def test_form():
    """A key is `axk_<id>_<secret>`, letters and digits only, and its secret holds more than 128 bits."""
    assert re.fullmatch(r"axk_[A-Za-z0-9]{10}_[A-Za-z0-9]{32}", keys.make().text)


def test_two_keys_differ():
    """No two keys are alike."""
    assert keys.make() != keys.make()


def test_proof():
    """The key proves the digest of its own secret and no other."""
    key = keys.make()
    assert keys.proves(key, key.secret_sha256)
    assert not keys.proves(key, keys.make().secret_sha256)


def test_secret_is_not_shown():
    """Neither `str` nor `repr` of a key shows its secret."""
    key = keys.make()
    assert key.secret not in f"{key} {key!r}"


@pytest.mark.parametrize(
    "text",
    ["", "axk", "axk_a", "axk_a_b_c", "axk__b", "axk_a_", "abc_a_b", "axk_a_ö", "axk_a_b c", "axk_a_" + "b" * 300],
)
def test_what_is_no_key(text):
    """Anything else is no key."""
    assert keys.parse(text) is None
