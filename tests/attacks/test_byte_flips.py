"""Row 13 of the bad inputs, byte by byte and at random: a changed package is refused or still means what was signed."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.trouble import Refusal
from tests.attacks.examining import shown


def means_what_was_signed(data, good, examiner) -> bool:
    """Whether the hub refuses the bytes, or reads in them what it reads in the good package."""
    try:
        return shown(examiner(data)) == shown(examiner(good.data))
    except Refusal:
        return True


@pytest.mark.parametrize("name", ["ec-attachment", "rsa-plain", "status", "xades"])
def test_row_13_every_byte_once(name, good_packages, examiner):
    """Row 13: whichever byte of a package has one bit flipped, no other meaning and no other signer is accepted."""
    good, random = good_packages[name], Random(name)
    honest = shown(examiner(good.data))
    accepted = []
    for position in range(len(good.data)):
        flipped = bytearray(good.data)
        flipped[position] ^= 1 << random.randrange(8)
        try:
            examined = examiner(bytes(flipped))
        except Refusal:
            continue
        assert shown(examined) == honest, position
        accepted.append(good.data[position : position + 1])
    # What may change without a trace is spelling: white space and quotes in tags, the declaration, an unused identifier.
    assert len(accepted) < 60, accepted


EDITS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.integers(0, 4),
        st.one_of(
            st.binary(max_size=4),
            st.sampled_from(
                [b"<", b">", b"&", b'"', b"<!--", b"-->", b"<![CDATA[", b"]]>", b"</", b"xmlns=", b"ds:", b"Id="]
            ),
        ),
    ),
    min_size=1,
    max_size=4,
)


@given(name=st.sampled_from(["ec-attachment", "rsa-plain", "status", "xades", "inclusive"]), edits=EDITS)
@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
def test_row_13_bytes_cut_in_and_out(name, edits, good_packages, examiner):
    """Row 13: whatever bytes are cut out of a package or put into it, nothing else is accepted and nothing stumbles."""
    data = good_packages[name].data
    for place, cut, patch in edits:
        position = int(place * len(data))
        data = data[:position] + patch + data[position + cut :]
    assert means_what_was_signed(data, good_packages[name], examiner)


@given(
    first=st.sampled_from(["ec-attachment", "xades"]),
    second=st.sampled_from(["rsa-plain", "status", "inclusive"]),
    cuts=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
def test_row_13_two_packages_spliced(first, second, cuts, good_packages, examiner):
    """Row 13: the head of one good package with the tail of another is accepted only as one of them."""
    one, other = good_packages[first], good_packages[second]
    spliced = one.data[: int(cuts[0] * len(one.data))] + other.data[int(cuts[1] * len(other.data)) :]
    assert means_what_was_signed(spliced, one, examiner) or means_what_was_signed(spliced, other, examiner)
