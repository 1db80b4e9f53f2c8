"""Rows 12 to 21, 23 and 24 of the bad inputs: signatures and certificates, each vector posted to a running hub."""

from __future__ import annotations

import json

import pytest

from tests.vectors.signatures import generate

EXPECTED = json.loads((generate.FOLDER / "expected.json").read_text())["expected"]
#: The hub looks at the root, and for xsi attributes, before it looks for a signature.
EARLIER = {
    "enveloping-signature": "document-type-unknown",
    "signature-under-a-root-of-another-namespace": "document-type-unknown",
    "signature-under-another-root": "document-type-unknown",
    "xsi-type": "schema-invalid",
}
REFUSED = sorted(name for name, code in EXPECTED.items() if code != "valid")


@pytest.mark.parametrize("name", REFUSED)
def test_rows_12_to_21_vectors(world, watch, name):
    """Rows 12 to 21: every forged or badly made signature is refused with its code, and its text appears nowhere."""
    answer = world.api().submit(world.vectors[name])
    watch.refused(answer, 422, EARLIER.get(name, EXPECTED[name]))
    assert "Công văn giả" not in answer.body.decode()


def test_row_12_no_signature(world, watch):
    """Row 12: a system that must sign cannot send an unsigned document."""
    watch.refused(world.api().submit(world.letter()), 422, "signature-missing")


def test_row_13_one_byte(world, watch):
    """Row 13: one changed byte of a whole, honest package is noticed."""
    package = world.signed().replace("V/v kiểm thử".encode(), "V/v kiểm thừ".encode())
    watch.refused(world.api().submit(package), 422, "signature-invalid")


def test_row_23_stranger(world, watch):
    """Row 23: a good signature by a certificate that nobody registered is worth nothing."""
    watch.refused(world.api().submit(world.signed(signer="stranger")), 422, "certificate-untrusted")


def test_row_23_self_signed(world, watch):
    """Row 23: a self-signed certificate leads to no anchor, though it was registered."""
    watch.refused(world.api().submit(world.signed(signer="self-signed")), 422, "certificate-untrusted")


def test_row_23_other_agency(world, watch):
    """Row 23: a certificate of another agency does not speak for this one."""
    watch.refused(world.api().submit(world.signed(signer="H99.02")), 422, "certificate-untrusted")


@pytest.mark.parametrize(
    "signer, code",
    [
        ("expired", "certificate-expired"),
        ("not-yet-valid", "certificate-not-yet-valid"),
        ("usage", "certificate-usage"),
    ],
)
def test_row_24_certificates(world, watch, signer, code):
    """Row 24: a certificate out of its time or of another use is refused by its own code."""
    watch.refused(world.api().submit(world.signed(signer=signer)), 422, code)
