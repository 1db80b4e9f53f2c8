"""Which algorithms the hub takes signatures by: the dated policy of the software, which the configuration may only narrow."""

from __future__ import annotations

from datetime import date

from hub.configuration import ConfigurationError
from hub.settings import SignatureSettings
from signing.algorithms import DEFAULT_POLICY, AlgorithmPolicy, short_name


def policy_of(settings: SignatureSettings) -> AlgorithmPolicy:
    """Return the policy; raise `ConfigurationError` for what the software does not take at its widest."""
    try:
        since = date.fromisoformat(settings.since)
    except ValueError as error:
        raise ConfigurationError(f"signatures.since: {error}") from error
    if settings.min_rsa_bits < DEFAULT_POLICY.min_rsa_bits:
        raise ConfigurationError(f"signatures.min_rsa_bits: at least {DEFAULT_POLICY.min_rsa_bits}")
    return AlgorithmPolicy(
        since=since,
        digests=_chosen("digests", settings.digests, DEFAULT_POLICY.digests),
        signatures=_chosen("methods", settings.methods, DEFAULT_POLICY.signatures),
        min_rsa_bits=settings.min_rsa_bits,
        curves=_chosen("curves", settings.curves, DEFAULT_POLICY.curves),
    )


def _chosen(name: str, words: tuple[str, ...], known: frozenset[str]) -> frozenset[str]:
    by_word = {short_name(each): each for each in known}
    for word in words:
        if word not in by_word:
            raise ConfigurationError(f"signatures.{name}: {word!r} is none of {', '.join(sorted(by_word))}")
    if not words:
        raise ConfigurationError(f"signatures.{name}: at least one is needed")
    return frozenset(by_word[word] for word in words)
