"""Digest fields."""

import hashlib
from base64 import b64encode

import pytest

from adapters.http.digests import require_digest, structured
from hub.trouble import Refusal

SHA256 = hashlib.sha256(b"body").hexdigest()
GOOD = f"sha-256=:{b64encode(hashlib.sha256(b'body').digest()).decode()}:"
OTHER = f"sha-256=:{b64encode(hashlib.sha256(b'other').digest()).decode()}:"


@pytest.mark.parametrize("field", ["", GOOD, f"{GOOD}, {GOOD}", f"sha-512=:AAAA:, {GOOD}", "md5=:AAAA:", f"{GOOD};x=1"])
def test_agrees(field):
    """The right SHA-256 is accepted, and so is a field without one."""
    require_digest(field, SHA256)


@pytest.mark.parametrize(
    "field",
    [
        "sha-256=:AAAA:",
        "sha-256=abc",
        f"sha-256={SHA256}",
        "sha-256=",
        GOOD.replace(":", ""),
        f"{GOOD}, {OTHER}",
        f"{OTHER}, {GOOD}",
    ],
)
def test_does_not_agree(field):
    """Another SHA-256, or one that cannot be read, is a mismatch, also beside the right one."""
    with pytest.raises(Refusal) as caught:
        require_digest(field, SHA256)
    assert caught.value.code == "content-digest-mismatch"


def test_written():
    """A digest is written as a byte sequence between colons."""
    assert f"sha-256={structured(SHA256)}" == GOOD
