"""Which of the two languages an answer speaks: Vietnamese, unless `Accept-Language` prefers English."""

from __future__ import annotations

from typing import Literal

Language = Literal["vi", "en"]

_LONGEST = 500


def language_of(accept_language: str | None) -> Language:
    """Return the language that the caller prefers (RFC 9110 section 12.5.4); Vietnamese when it is all the same."""
    if not accept_language or len(accept_language) > _LONGEST:
        return "vi"
    weights = {"vi": 0.0, "en": 0.0}
    for part in accept_language.lower().split(","):
        tag, _, parameters = part.partition(";")
        primary = tag.strip().partition("-")[0]
        if primary in weights:
            weights[primary] = max(weights[primary], weight_of(parameters))
    return "en" if weights["en"] > weights["vi"] else "vi"


def weight_of(parameters: str) -> float:
    """Return the weight that stands behind a choice (RFC 9110 section 12.4.2): 1 when none does, 0 when it is no number."""
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
