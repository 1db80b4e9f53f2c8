"""Folding of text for search."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.fold import fold


@pytest.mark.parametrize(
    "text,folded",
    [
        ("Ủy ban nhân dân tỉnh Đắk Lắk", "uy ban nhan dan tinh dak lak"),
        ("Thừa Thiên Huế", "thua thien hue"),
        ("ĐƯỜNG SẮT", "duong sat"),
        ("  Sở\tNội \n vụ ", "so noi vu"),
        ("H37.01", "h37.01"),
        ("ＡＢ１", "ab1"),
        ("", ""),
    ],
)
def test_examples(text, folded):
    """Case, marks, strokes and widths go; letters, digits and points stay."""
    assert fold(text) == folded


@given(st.text())
def test_idempotent(text):
    """Folding folded text changes nothing."""
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(max_codepoint=0x1EFF)))
def test_composed_and_decomposed_are_one(text):
    """Composed and decomposed writing fold to the same."""
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))
