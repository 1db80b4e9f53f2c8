"""Keys, certificates and anchors of the hub."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from adapters.cli.checks.finding import Finding, Level, Place, failed, passed, warned
from adapters.cli.language import current
from adapters.trust import Trust, TrustFault, load_trust
from adapters.trust.locker import FileLocker
from hub.configuration import ConfigurationError
from hub.signature_policy import policy_of
from signing.algorithms import short_name
from signing.errors import Undetermined, Untrusted
from signing.keyinfo import Embedded
from signing.keys import CertificateFacts, der_of, facts

_SOON = timedelta(days=30)


def check(place: Place) -> Iterator[Finding]:
    """Show the signature policy; judge the files, the validity of the hub's certificate, and whether it leads to an anchor."""
    yield _policy(place)
    yield _secrets_key(place)
    try:
        trust = load_trust(place.settings.trust, place.base_dir)
    except TrustFault as fault:
        yield Finding(Level.FAIL, "keys", fault.what(current()), fault.fix(current()))
        return
    yield passed("keys", "doctor-keys", path=place.base_dir / place.settings.trust.hub_key)
    stated = facts(trust.hub_certificate)
    now = datetime.now(UTC)
    yield _validity(stated, now)
    # Judged within its own lifetime, so that an expired certificate is one finding, not two.
    yield _chain(trust, stated, min(max(now, stated.not_before), stated.not_after - timedelta(seconds=1)))


def _secrets_key(place: Place) -> Finding:
    """Judge the key under which secrets of the national SDK's callers are sealed; a hub without such callers needs none."""
    name, path = "secrets key", place.base_dir / place.settings.trust.secrets_key
    if not path.exists():
        return warned(name, "doctor-no-secrets-key", path=path)
    try:
        FileLocker(path).seal("", name)
    except TrustFault as fault:
        return Finding(Level.FAIL, name, fault.what(current()), fault.fix(current()))
    return passed(name, "doctor-secrets-key", path=path)


def _policy(place: Place) -> Finding:
    name = "signature policy"
    try:
        policy = policy_of(place.settings.signatures)
    except ConfigurationError as error:
        return failed(name, "doctor-policy-bad", error=error)
    intake = place.settings.intake
    return passed(
        name,
        "doctor-policy",
        since=policy.since,
        methods=", ".join(sorted(map(short_name, policy.signatures))),
        digests=", ".join(sorted(map(short_name, policy.digests))),
        bits=policy.min_rsa_bits,
        curves=", ".join(sorted(policy.curves)),
        newest=f"{intake.max_future_hours:g}",
        oldest=f"{intake.max_age_days:g}" if intake.max_age_days else "∞",
    )


def _validity(stated: CertificateFacts, now: datetime) -> Finding:
    name = "hub certificate"
    if now < stated.not_before:
        return failed(name, "doctor-certificate-early", when=f"{stated.not_before:%Y-%m-%d %H:%M} UTC")
    if now >= stated.not_after:
        return failed(name, "doctor-certificate-expired", when=f"{stated.not_after:%Y-%m-%d %H:%M} UTC")
    days = (stated.not_after - now).days
    if now > stated.not_after - _SOON:
        return warned(name, "doctor-certificate-soon", days=days)
    return passed(name, "doctor-certificate", subject=stated.subject, days=days)


def _chain(trust: Trust, stated: CertificateFacts, at: datetime) -> Finding:
    try:
        leaf, *others = (trust.anchors.load(Embedded(der_of(each), facts(each).sha256)) for each in trust.hub_chain)
        trust.anchors.check(leaf, tuple(others), at=at)
    except (Untrusted, Undetermined) as error:
        reason = error.detail_vi if current() == "vi" else error.detail_en
        return failed("chain", "doctor-chain-broken", reason=reason)
    return passed("chain", "doctor-chain", issuer=stated.issuer)
