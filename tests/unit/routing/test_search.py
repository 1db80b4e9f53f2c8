"""Search in the directory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.directory import Directory
from routing.fold import fold
from routing.values import Agency

from . import entries

DIRECTORY = entries.small()
NATION = Directory.build((), entries.many(5_000))


def codes(agencies):
    return [agency.code for agency in agencies]


@pytest.mark.parametrize("q", ["tài chính", "tai chinh", "TÀI CHÍNH", "chính tai", "Tài  Chinh "])
def test_by_name(q):
    """Names are found with or without marks, in any case, words in any order."""
    assert codes(DIRECTORY.search(q)) == ["H37.01", "H37.10"]


@pytest.mark.parametrize("q", ["đường", "duong", "ĐƯỜNG", "dường"])
def test_d_with_stroke(q):
    """đ is found as d."""
    assert codes(DIRECTORY.search(q)) == ["H37.03"]


@pytest.mark.parametrize("q", ["h37.01", "000.00.01.H37", "37.81"])
def test_by_code(q):
    """Agencies are found by current and old codes, or a part of them."""
    assert codes(DIRECTORY.search(q)) == ["H37.01"]


def test_every_word_counts():
    """An agency that has only some of the words is not found."""
    assert DIRECTORY.search("tài chính quân đội") == ()


def test_words_do_not_join_lines():
    """A word is looked for within one agency, not across two."""
    directory = Directory.build((), (Agency("H01", "ab"), Agency("H02", "cd")))
    assert directory.search("abh02") == ()
    assert directory.search("ab cd") == ()


def test_all_in_order_of_codes():
    """Without a question all agencies are listed, in the order of their codes."""
    assert codes(DIRECTORY.search()) == sorted(agency.code for agency in entries.AGENCIES)
    assert codes(DIRECTORY.search("  ")) == codes(DIRECTORY.search())


@pytest.mark.parametrize("parent", ["H37", "000.00.00.H37"])
def test_below_a_body(parent):
    """The bodies directly below one are listed whichever of its codes is asked for, and whichever they name it by."""
    assert codes(DIRECTORY.search(parent=parent)) == sorted({a.code for a in entries.AGENCIES} - {"H37"})


def test_below_a_body_with_words():
    """Words and body narrow the list together."""
    assert codes(DIRECTORY.search("sở", parent="H37")) == ["H37.01", "H37.02", "H37.10"]
    assert DIRECTORY.search("sở", parent="H37.01") == ()


def test_below_an_unlisted_body():
    """Bodies below one that is not in the directory itself are found by its code."""
    directory = Directory.build((), (Agency("H99.01", "Sở", "H99"),))
    assert codes(directory.search(parent="H99")) == ["H99.01"]


def test_cursor_of_a_removed_agency():
    """Paging goes on behind a code that does not exist any more."""
    assert codes(DIRECTORY.search(after="H37.075", limit=2)) == ["H37.08", "H37.09"]


@pytest.mark.parametrize(
    "question", [{}, {"q": "số 7"}, {"q": "nghiep vu so"}, {"parent": "H01.03"}, {"q": "9", "parent": "H02.00"}]
)
@pytest.mark.parametrize("limit", [1, 7, 200])
def test_pages_make_the_whole(question, limit):
    """Pages follow each other without gap or repetition, whatever their size."""
    whole = codes(NATION.search(**question, limit=10_000))
    if limit == 1:
        whole = whole[:60]
    paged, after = [], None
    while len(paged) < len(whole):
        page = codes(NATION.search(**question, after=after, limit=limit))
        assert 0 < len(page) <= limit
        paged += page
        after = page[-1]
    assert paged[: len(whole)] == whole


@given(
    st.lists(st.text(st.sampled_from("abAB đĐáà\n."), max_size=6), max_size=8),
    st.text(st.sampled_from("abd á."), max_size=4),
)
def test_finds_what_a_plain_look_through_finds(names, q):
    """The index finds exactly the agencies whose folded line contains every word."""
    agencies = [Agency(f"H{number:02}", name) for number, name in enumerate(names)]
    expected = [
        agency.code
        for agency in agencies
        if all(word in fold(f"{agency.code} {agency.name}") for word in fold(q).split())
    ]
    assert codes(Directory.build((), agencies).search(q, limit=100)) == expected
