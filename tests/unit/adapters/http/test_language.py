"""Which language an answer speaks."""

import pytest

from adapters.http.language import language_of


@pytest.mark.parametrize(
    "asked, language",
    [
        (None, "vi"),
        ("", "vi"),
        ("vi", "vi"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("en;q=0.5, vi;q=0.4", "en"),
        ("en;q=0", "vi"),
        ("fr", "vi"),
        ("*", "vi"),
        ("en;q=nonsense", "vi"),
        ("en," * 1000, "vi"),
    ],
)
def test_language(asked, language):
    """Vietnamese, unless `Accept-Language` prefers English."""
    assert language_of(asked) == language
