"""The attacker's key, certificate or KeyInfo in place of the signer's."""

from __future__ import annotations

from collections.abc import Iterator

from signing.lab import LabPki, Validity
from tests.attacks.mutants.good import Good
from tests.attacks.mutants.mutant import INVALID, UNTRUSTED, Mutant, refused
from tests.vectors.signatures.forge import Forge
from tests.vectors.signatures.signers import certify, key_value


def keys(good: Good) -> Iterator[Mutant]:
    """Signatures by others, certificates swapped, keys that the message brings along."""
    lab, template = good.lab, good.template
    double = LabPki.create(lab.at).agency("H99.01", "Sở Mẫu")
    reissued = certify(LabPki.create(lab.at), lab.ec.key)
    itself = lab.pki.self_signed("H99.01", "Sở Mẫu")
    authority = lab.pki.subordinate
    for name, forge in {
        "signed-by-another-agency": lab.forge(lab.other),
        "signed-by-a-stranger": lab.forge(lab.stranger),
        "signed-by-a-double-of-another-authority": lab.forge(double),
        "self-signed": lab.forge(itself),
        "signed-by-the-authority": Forge(authority.key, list(authority.chain)),
        "strangers-certificate-over-true-key": Forge(lab.ec.key, list(lab.stranger.chain)),
        "same-key-certified-by-another-authority": Forge(lab.ec.key, list(reissued.chain)),
        "no-certificate-at-all": Forge(lab.ec.key, []),
        "authorities-certificate-alone": Forge(lab.ec.key, list(lab.ec.chain[1:])),
        "two-registered-certificates": Forge(lab.ec.key, [lab.ec.certificate, lab.other.certificate]),
        "key-value-only": lab.forge(key_info=f"<ds:KeyInfo>{key_value(lab.ec)}</ds:KeyInfo>"),
    }.items():
        yield refused(name, forge.sign(template), UNTRUSTED)
    name = "<ds:KeyInfo><ds:KeyName>H99.01</ds:KeyName></ds:KeyInfo>"
    for case, forge in {
        "strangers-key-under-true-certificate": Forge(lab.stranger.key, list(lab.ec.chain)),
        "another-agencys-key-under-true-certificate": Forge(lab.other.key, list(lab.ec.chain)),
        "key-name-only": lab.forge(key_info=name),
        "strangers-key-value-beside": lab.forge(key_info_extra=key_value(lab.stranger)),
        "pgp-data-beside": lab.forge(key_info_extra="<ds:PGPData/>"),
        "key-name-beside": lab.forge(key_info_extra="<ds:KeyName>H99.01</ds:KeyName>"),
        "two-x509-data": lab.forge(key_info_extra="<ds:X509Data/>"),
        "six-certificates": Forge(lab.ec.key, [*lab.ec.chain, *lab.ec.chain, *lab.ec.chain]),
    }.items():
        yield refused(case, forge.sign(template), INVALID)
    yield refused("key-value-without-certificate-kept", _without_certificate(good), INVALID, UNTRUSTED)
    yield from _defects(good)


def _without_certificate(good: Good) -> str:
    """The true signature with its certificates replaced by the bare key."""
    own = good.signature
    start, end = own.index("<ds:X509Data>"), own.index("</ds:X509Data>") + len("</ds:X509Data>")
    return good.template.replace("{SIG}", own[:start] + key_value(good.lab.ec) + own[end:])


def _defects(good: Good) -> Iterator[Mutant]:
    """Registered certificates out of their time or of another use."""
    lab, at = good.lab, good.lab.at
    agency = ("H99.01", "Sở Mẫu")
    for name, identity, code in (
        ("expired", lab.pki.agency(*agency, validity=Validity.ended_before(at)), "certificate-expired"),
        ("not-yet-valid", lab.pki.agency(*agency, validity=Validity.beginning_after(at)), "certificate-not-yet-valid"),
        ("wrong-usage", lab.pki.agency(*agency, usage=frozenset({"key_encipherment"})), "certificate-usage"),
        ("self-signed-registered", lab.pki.self_signed(*agency), UNTRUSTED),
    ):
        lab.register(identity)
        yield refused(f"certificate-{name}", lab.forge(identity).sign(good.template), code)
