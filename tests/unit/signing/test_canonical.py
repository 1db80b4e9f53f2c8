"""A canonical form with the texts that stand beside the tree."""

import pytest

from signing.canonical import whole
from signing.errors import Untrusted

FORM = b"<a>key1</a><b>key2</b>"


def test_each_text_stands_in_the_place_of_its_mark():
    """The form is given with the texts where their marks were."""
    assert b"".join(whole(FORM, {"key1": b"AAAA", "key2": b"BB"})) == b"<a>AAAA</a><b>BB</b>"
    assert b"".join(whole(FORM, {})) == FORM


@pytest.mark.parametrize(
    "form, texts",
    [
        (FORM + b"key1", {"key1": b"A", "key2": b"B"}),
        (FORM + b"key3", {"key1": b"A", "key2": b"B"}),
        (FORM, {"key2": b"B", "key1": b"A"}),
        (FORM, {"key1": b"A", "key3": b"B"}),
        (FORM, {"key1": b"A&", "key2": b"B"}),
        (FORM, {"key1": b"A", "other": b"B"}),
    ],
    ids=["twice", "one-too-many", "other-order", "not-there", "markup", "unlike"],
)
def test_a_form_whose_marks_are_not_the_texts_is_refused(form, texts):
    """Each mark stands there once, in order, and nothing else begins as they do, and texts are plain."""
    with pytest.raises(Untrusted):
        b"".join(whole(form, texts))
