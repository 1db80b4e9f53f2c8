"""Whatever the hub accepts, an auditor's own tools accept too, and read the same content."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from hub.trouble import Refusal
from schemas.edxml import Urgency
from schemas.edxml.compose import NewFile, new_document
from schemas.parser import parse
from signing.keys import pem_of_certificates
from signing.sign import sign
from tests.attacks.mutants import FAMILIES
from tests.attacks.test_mutants import GOODS
from tests.unit.signing.oracles import signxml_reads, xmlsec1_verifies
from tests.vectors.signatures.forge import DS, c14n


@pytest.fixture(scope="session")
def root_file(lab, tmp_path_factory):
    path = tmp_path_factory.mktemp("trust") / "root.pem"
    path.write_bytes(pem_of_certificates(lab.pki.root.certificate))
    return path


@pytest.fixture
def disagreement(lab, root_file, tmp_path):
    """Return a function that says which tool refuses what the hub accepted; empty when none does."""

    def ask(data: bytes, signer) -> str:
        path = tmp_path / "package.xml"
        path.write_bytes(data)
        if not xmlsec1_verifies(path, root_file, lab.at):
            return "xmlsec1 refuses"
        ours = parse(data)
        signature = next(ours.iter(f"{{{DS}}}Signature"))
        signature.getparent().remove(signature)
        return "" if signxml_reads(data, signer.certificate, lab.at) == c14n(ours) else "signxml reads something else"

    return ask


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", GOODS)
def test_every_accepted_mutant_is_accepted_by_others(name, family, mutants, examiner, lab, disagreement):
    """A mutant that the hub accepts verifies with xmlsec1, and signxml reads the same canonical content."""
    signer = lab.rsa if name == "rsa-plain" else lab.ec
    found = {}
    for mutant in mutants[name][family]:
        try:
            examiner(mutant.data)
        except Refusal:
            continue
        found[mutant.name] = disagreement(mutant.data, signer)
    assert {case: told for case, told in found.items() if told} == {}


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=40).filter(str.strip)
FILES = st.builds(
    NewFile,
    name=st.sampled_from(["a.pdf", "kế hoạch.docx", "bảng.xlsx", "ảnh.png", "không đuôi"]),
    data=st.binary(max_size=300),
    description=st.none() | WORDS,
)


LETTERS = st.fixed_dictionaries(
    {
        "subject": WORDS,
        "number": st.integers(1, 99_999).map(str),
        "urgency": st.sampled_from(list(Urgency)),
        "files": st.lists(FILES, max_size=3, unique_by=lambda file: file.name),
        "due_on": st.none() | st.dates(date(2027, 1, 1), date(2030, 1, 1)),
    }
)


@given(letter=LETTERS, age=st.timedeltas(timedelta(0), timedelta(days=400)), is_rsa=st.booleans())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_generated_envelopes(letter, age, is_rsa, lab, examiner, disagreement):
    """Any envelope that can be composed and signed is accepted, read as it was composed, and accepted by the others."""
    sent_at = (lab.at - age).replace(microsecond=0)
    draft = new_document(sender="H99.01", recipients=["H99.02"], notation="CV-TĐ", sent_at=sent_at, **letter)
    signer = lab.rsa if is_rsa else lab.ec
    data = sign(draft.encode(), signer.key, signer.chain)
    assert replace(examiner(data).envelope, notes=()) == draft.envelope
    assert disagreement(data, signer) == ""
