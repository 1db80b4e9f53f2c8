import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.cli.main import main
from schemas.edxml.compose import NewFile, new_document
from signing.keys import pem_of_certificates
from signing.lab import KeyKind, LabPki, Validity
from signing.lab_revocation import crl
from signing.receipt import KeySealer, Origin, PackageReference, Receipt
from signing.revocation import Revoked
from signing.sign import sign

NOW = datetime.now(UTC)
LAB = LabPki.create(NOW, kind=KeyKind.EC_P256)
AGENCY = LAB.agency("H99.01", "Sở Mẫu")
HUB = LAB.hub("H99")
UNSIGNED = new_document(
    sender="H99.01",
    recipients=["H99.02"],
    subject="V/v kiểm tra",
    number="1",
    notation="CV",
    sent_at=NOW,
    files=[NewFile("a.txt", b"text")],
).encode()
SIGNED = sign(UNSIGNED, AGENCY.key, AGENCY.chain)
RECEIPT = (
    KeySealer(HUB.key, HUB.chain)
    .seal(
        Receipt(
            id="1",
            event="ContentHandover",
            at=NOW,
            hub="H99",
            package=PackageReference("2", "3", "0" * 64, 4),
            sender="H99.01",
            origin=Origin.SIGNATURE,
            nonce="n",
        )
    )
    .encode()
)


@pytest.fixture
def judge(tmp_path, capsys):
    anchor = tmp_path / "root.pem"
    anchor.write_bytes(pem_of_certificates(LAB.root.certificate))

    def judge(data, *options):
        path = tmp_path / "file"
        path.write_bytes(data)
        code = main(["verify", str(path), "--trust", str(anchor), "--json", *options])
        shown = capsys.readouterr()
        return code, json.loads(shown.out) if shown.out else None, shown.err

    return judge


def test_valid_package(judge):
    """A signed package whose certificate leads to an anchor is valid."""
    code, verdict, _ = judge(SIGNED)
    assert (code, verdict["verdict"], verdict["code"]) == (0, "valid", None)
    assert verdict["signer"]["agency_code"] == "H99.01"
    assert len(verdict["signed_sha256"]) == 64
    assert [step["step"] for step in verdict["steps"]] == list(range(1, len(verdict["steps"]) + 1))
    assert {step["result"] for step in verdict["steps"]} == {"passed", "not configured"}


@pytest.mark.parametrize(
    "data", [RECEIPT, RECEIPT + b"\n", b'{"jws": "' + RECEIPT + b'"}', b'{"receipt": "' + RECEIPT + b'", "x": [1]}']
)
def test_valid_receipt(judge, data):
    """A receipt is valid by itself, and within the JSON that carries it; the verdict shows what it says."""
    code, verdict, _ = judge(data)
    assert (code, verdict["verdict"]) == (0, "valid")
    assert verdict["receipt"]["event"] == "ContentHandover"


@pytest.mark.parametrize(
    "data, problem",
    [
        (UNSIGNED, "signature-missing"),
        (SIGNED.replace("kiểm tra".encode(), b"kiem tra"), "signature-invalid"),
        (sign(UNSIGNED, (stranger := LAB.self_signed("H99.01", "x")).key, stranger.chain), "certificate-untrusted"),
        (
            sign(UNSIGNED, (old := LAB.agency("H99.01", "x", validity=Validity.ended_before(NOW))).key, old.chain),
            "certificate-expired",
        ),
        (b"", "xml-not-well-formed"),
        (b"<!DOCTYPE x><x/>", "xml-dtd-forbidden"),
        (RECEIPT[:-1], "signature-invalid"),
        (b"a.b.c", "signature-invalid"),
    ],
)
def test_refused(judge, data, problem):
    """What does not hold is refused with its code and a sentence."""
    code, verdict, _ = judge(data)
    assert (code, verdict["verdict"], verdict["code"]) == (1, "refused", problem)
    assert verdict["detail"]


def test_at_another_time(judge):
    """--at judges as of that time: before the certificate began it was not valid."""
    early = (NOW - timedelta(days=3)).isoformat()
    assert judge(SIGNED, "--at", early)[1]["code"] == "certificate-not-yet-valid"
    assert judge(RECEIPT, "--at", early)[1]["code"] == "certificate-not-yet-valid"


def test_sha1_is_loud(judge):
    """--lab-allow-sha1 warns whatever it judges."""
    assert "SHA-1" in judge(SIGNED, "--lab-allow-sha1")[2]


def test_an_authority_below_the_root_is_not_believed_itself(tmp_path, capsys):
    """Trust that holds only an authority below the root is a fault of the command line: it proves nothing by itself."""
    (tmp_path / "sub.pem").write_bytes(pem_of_certificates(LAB.subordinate.certificate))
    assert main(["verify", str(_written(tmp_path, SIGNED)), "--trust", str(tmp_path / "sub.pem")]) == 2
    assert "sub.pem" in capsys.readouterr().err


def test_an_authority_below_a_foreign_root_is_not_believed(tmp_path):
    """Beside a root that did not certify it, an authority in the trust file leads nowhere."""
    foreign = LabPki.create(NOW, kind=KeyKind.EC_P256)
    trust = tmp_path / "trust.pem"
    trust.write_bytes(pem_of_certificates(LAB.subordinate.certificate, foreign.root.certificate))
    assert main(["verify", str(_written(tmp_path, SIGNED)), "--trust", str(trust)]) == 1


def test_an_authority_in_the_trust_file_helps_to_find_the_way(tmp_path):
    """A package that carries the signer's certificate alone is valid when the trust file has those above it."""
    trust = tmp_path / "trust.pem"
    trust.write_bytes(pem_of_certificates(LAB.root.certificate))
    alone = _written(tmp_path, sign(UNSIGNED, AGENCY.key, AGENCY.chain[:1]))
    assert main(["verify", str(alone), "--trust", str(trust)]) == 1
    trust.write_bytes(pem_of_certificates(LAB.subordinate.certificate, LAB.root.certificate))
    assert main(["verify", str(alone), "--trust", str(trust)]) == 0


def test_a_pinned_certificate_is_believed(tmp_path):
    """The hub's own certificate may be named in the place of a root: who does so believes that very certificate."""
    pinned = tmp_path / "hub.pem"
    pinned.write_bytes(pem_of_certificates(HUB.certificate))
    assert main(["verify", str(_written(tmp_path, RECEIPT)), "--trust", str(pinned)]) == 0


def _written(folder, data):
    path = folder / "judged"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "data",
    [b"PK\x03\x04", b"c2sp.org/tlog-proof@v1\n", "axis.example/log\n1\nAAAA\n\n— axis.example/log AAAA\n".encode()],
)
def test_not_supported_yet(judge, data):
    """Kinds of proof that come later are named, not misjudged."""
    code, verdict, message = judge(data)
    assert (code, verdict) == (2, None)
    assert message.strip()


def test_bad_time(judge):
    """A time that is none is a usage error."""
    assert judge(SIGNED, "--at", "yesterday")[0] == 2


def test_folder_is_no_file(tmp_path):
    """A folder cannot be judged."""
    assert main(["verify", str(tmp_path), "--trust", str(tmp_path / "x.pem")]) == 2


def test_file_behind_trust(tmp_path, capsys):
    """The file may stand behind --trust too."""
    (tmp_path / "root.pem").write_bytes(pem_of_certificates(LAB.root.certificate))
    (tmp_path / "signed.edxml").write_bytes(SIGNED)
    assert main(["verify", "--trust", str(tmp_path / "root.pem"), str(tmp_path / "signed.edxml")]) == 0
    assert "VALID" in capsys.readouterr().out


MUTATED = st.tuples(
    st.sampled_from([SIGNED, RECEIPT]), st.integers(0, 9000), st.binary(max_size=3), st.integers(0, 3)
).map(lambda given: given[0][: given[1]] + given[2] + given[0][given[1] + given[3] :])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=200), MUTATED))
def test_any_file(judge, data):
    """Any file whatever gets a verdict or a usage error; valid only when it is what was signed."""
    code, verdict, message = judge(data)
    assert code in {0, 1, 2}
    assert "unexpected" not in message.lower()
    if code != 2:
        assert (verdict["verdict"] == "valid") == (code == 0)


def _lists(folder, revoked=None):
    """Write the CRLs of the laboratory's root and subordinate authority, and return the options that name them."""
    serial = AGENCY.certificate.serial_number
    names = {serial: Revoked(NOW - timedelta(hours=1), revoked)} if revoked else {}
    files = {"root.crl": crl(LAB.root, NOW), "sub.crl": crl(LAB.subordinate, NOW, names)}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return [word for name in files for word in ("--crl", str(folder / name))]


def test_good_by_its_lists(judge, tmp_path):
    """With the CRLs of every authority on the path a package and a receipt are shown good, and the steps say so."""
    at = (NOW + timedelta(minutes=1)).isoformat()
    for data in (SIGNED, RECEIPT):
        code, verdict, _ = judge(data, *_lists(tmp_path), "--at", at)
        assert (code, verdict["verdict"]) == (0, "valid"), verdict
        assert {step["result"] for step in verdict["steps"]} == {"passed"}


def test_revoked_by_its_list(judge, tmp_path):
    """A certificate that a CRL names is revoked."""
    at = (NOW + timedelta(minutes=1)).isoformat()
    code, verdict, _ = judge(SIGNED, *_lists(tmp_path, "keyCompromise"), "--at", at)
    assert (code, verdict["verdict"], verdict["code"]) == (1, "refused", "certificate-revoked")


def test_without_the_list_of_every_authority(judge, tmp_path):
    """When a CRL of the path is missing, nothing can be said: undetermined, and not valid."""
    at = (NOW + timedelta(minutes=1)).isoformat()
    code, verdict, _ = judge(SIGNED, *_lists(tmp_path)[:2], "--at", at)
    assert (code, verdict["verdict"], verdict["code"]) == (1, "undetermined", "revocation-unavailable")


@pytest.mark.parametrize("kind", ["delta", "damaged", "missing"])
def test_a_list_that_cannot_be_used(judge, tmp_path, kind):
    """A delta CRL, a damaged one and none at all are told before anything is judged."""
    path = tmp_path / "sub.crl"
    if kind == "delta":
        path.write_bytes(crl(LAB.subordinate, NOW, extensions=((x509.DeltaCRLIndicator(1), True),)))
    elif kind == "damaged":
        path.write_bytes(b"-----BEGIN X509 CRL-----")
    code, verdict, told = judge(SIGNED, "--crl", str(path))
    assert (code, verdict) == (2, None)
    assert "sub.crl" in told
    assert "Traceback" not in told
