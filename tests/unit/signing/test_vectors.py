"""Every attack of the catalogue has its own code, and what is accepted is accepted by xmlsec1 and signxml too."""

from base64 import b64decode

import pytest
from cryptography import x509

from signing.certificates import TrustAnchors
from signing.errors import Code, Untrusted
from signing.keys import fingerprint, load_certificates
from signing.report import Result
from signing.verify import STEPS, verify
from tests.unit.signing.conftest import load_vectors
from tests.unit.signing.oracles import DS, signxml_reads, xmlsec1_verifies
from tests.vectors.signatures.documents import EVIL_SUBJECT, TRUE_SUBJECT
from tests.vectors.signatures.forge import c14n, parse

VECTORS = load_vectors()
REFUSED = sorted(name for name, code in VECTORS.expected.items() if code != "valid")
VALID = sorted(name for name, code in VECTORS.expected.items() if code == "valid")
#: Debian's xmlsec1 1.2 knows no RSA-PSS; signxml judges that one alone.
UNKNOWN_TO_XMLSEC = {"rsa-pss"}


@pytest.fixture(scope="module")
def vector_anchors():
    return TrustAnchors(load_certificates(VECTORS.root.read_bytes()))


def judge(name, anchors):
    return verify(parse(VECTORS.read(name)), registry=VECTORS.registry, anchors=anchors, at=VECTORS.at)


@pytest.mark.parametrize("name", VALID)
def test_an_honest_signature_is_accepted(name, vector_anchors):
    """A package signed within the profile is verified, and names the agency that registered the certificate."""
    verified = judge(name, vector_anchors)
    assert verified.signer.agency_code == "H99.01"
    assert [step.name for step in verified.report] == list(STEPS)
    assert verified.report[5].result == Result.NOT_CONFIGURED


@pytest.mark.parametrize("name", REFUSED)
def test_a_defect_is_refused_with_its_own_code(name, vector_anchors):
    """Each defect ends in the code that the catalogue gives it, with a report up to the failing step."""
    with pytest.raises(Untrusted) as refusal:
        judge(name, vector_anchors)
    verdict = refusal.value
    assert verdict.code == VECTORS.expected[name]
    assert verdict.report[verdict.step - 1].result == Result.FAILED
    assert len(verdict.report) == len(STEPS)
    assert verdict.detail_vi
    assert EVIL_SUBJECT not in verdict.detail_en + verdict.detail_vi


CID = [name for name in REFUSED if "cid" in name]


@pytest.mark.parametrize("name", CID)
def test_attachments_that_travel_apart_are_refused_clearly(name, vector_anchors):
    """Who signs attachments by reference (cid:) is told that they travel inside the document."""
    with pytest.raises(Untrusted) as refusal:
        judge(name, vector_anchors)
    assert "attachments travel inside the document" in refusal.value.detail_en
    assert "tệp đính kèm nằm trong văn bản" in refusal.value.detail_vi


def test_there_are_vectors_of_attachments_that_travel_apart():
    """One instead of the document, and one beside it."""
    assert len(CID) == 2


def test_every_code_for_packages_has_a_vector():
    """No code of the catalogue is without a file that provokes it."""
    elsewhere = {  # test_certificates shows the first three; the last two need a source of revocation data
        Code.CERTIFICATE_EXPIRED,
        Code.CERTIFICATE_NOT_YET_VALID,
        Code.CERTIFICATE_USAGE,
        Code.CERTIFICATE_REVOKED,
        Code.REVOCATION_UNAVAILABLE,
    }
    assert {*VECTORS.expected.values(), *elsewhere} == {"valid", *Code}


@pytest.mark.parametrize("name", VALID)
def test_the_returned_tree_is_what_was_digested(name, vector_anchors):
    """The returned tree holds no signature any more and reads the true text."""
    verified = judge(name, vector_anchors)
    assert verified.tree.find(f".//{{{DS}}}Signature") is None
    if "alone" not in name:
        assert verified.tree.findtext(".//{*}Subject") == TRUE_SUBJECT


@pytest.mark.parametrize("name", VALID)
def test_xmlsec1_accepts_what_is_accepted(name):
    """An auditor's own tool confirms the very bytes that the hub accepted."""
    if name in UNKNOWN_TO_XMLSEC:
        pytest.xfail("this xmlsec1 has no RSA-PSS")
    assert xmlsec1_verifies(VECTORS.folder / f"{name}.xml", VECTORS.root, VECTORS.at)


@pytest.mark.parametrize("name", VALID)
def test_signxml_accepts_what_is_accepted(name):
    """The general verifier of Python confirms the very bytes that the hub accepted."""
    data = VECTORS.read(name)
    theirs = signxml_reads(data, registered_certificate(parse(data)), VECTORS.at)
    ours = judge(name, TrustAnchors(load_certificates(VECTORS.root.read_bytes())))
    assert theirs == c14n(ours.tree)


def registered_certificate(tree):
    texts = [one.text for one in tree.findall(f".//{{{DS}}}X509Certificate")]
    loaded = [x509.load_der_x509_certificate(b64decode(text)) for text in texts]
    (known,) = [one for one in loaded if fingerprint(one) in VECTORS.registry]
    return known
