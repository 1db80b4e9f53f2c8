"""The configured policy of algorithms."""

import pytest

from hub.configuration import ConfigurationError
from hub.settings import SignatureSettings
from hub.signature_policy import policy_of
from signing.algorithms import DEFAULT_POLICY


def test_the_usual_settings_are_the_policy_of_the_software():
    """Without a word in the configuration the hub takes all that the software takes, and no more."""
    assert policy_of(SignatureSettings()) == DEFAULT_POLICY


def test_a_policy_may_be_narrower():
    """An operator may take only what is named, from a date on."""
    settings = SignatureSettings(
        since="2028-01-01", methods=("ecdsa-sha384",), curves=("secp384r1",), min_rsa_bits=3072
    )
    policy = policy_of(settings)
    assert policy.since.isoformat() == "2028-01-01"
    assert policy.signatures == {"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"}
    assert (policy.min_rsa_bits, policy.curves) == (3072, {"secp384r1"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"digests": ("sha1",)},
        {"methods": ("rsa-sha1",)},
        {"methods": ("hmac-sha256",)},
        {"methods": ()},
        {"curves": ("secp192r1",)},
        {"min_rsa_bits": 1024},
        {"since": "soon"},
    ],
    ids=str,
)
def test_a_policy_may_not_be_wider(wrong):
    """What the software does not take cannot be configured, SHA-1 least of all; the message names the setting."""
    with pytest.raises(ConfigurationError, match=f"signatures.{next(iter(wrong))}"):
        policy_of(SignatureSettings(**wrong))
