"""Row 18 of the bad inputs, by configuration: what an operator no longer takes is refused like what nobody ever took."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from hub.examine import examine
from hub.settings import SignatureSettings
from hub.signature_policy import policy_of
from hub.trouble import Refusal
from tests.attacks.examining import SENDING


@pytest.mark.parametrize(
    "name, narrower",
    [
        ("rsa-plain", {"methods": ("ecdsa-sha256",)}),
        ("rsa-plain", {"min_rsa_bits": 4096}),
        ("ec-attachment", {"curves": ("secp384r1",)}),
        ("ec-attachment", {"digests": ("sha512",)}),
    ],
    ids=["method", "bits", "curve", "digest"],
)
def test_row_18_the_configured_policy(name, narrower, good_packages, examiner, lab):
    """Row 18: a good package by an algorithm that the configuration leaves out is refused with the algorithm's code."""
    rules = replace(examiner.rules, algorithms=policy_of(SignatureSettings(**narrower)))
    with pytest.raises(Refusal) as caught:
        examine(good_packages[name].data, system=SENDING, rules=rules, at=lab.at)
    assert caught.value.code == "signature-algorithm-forbidden"
