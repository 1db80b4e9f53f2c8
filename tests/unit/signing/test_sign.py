"""What we sign, everyone verifies; what xmlsec1 signs alone, we verify."""

from pathlib import Path

import pytest
import signxml
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree

from signing import keys
from signing.algorithms import LAB_SHA1_POLICY
from signing.errors import Untrusted
from signing.lab import Identity, KeyKind
from signing.sign import Unsignable, sign
from signing.verify import has_signature, verify
from tests.unit.signing.oracles import DS, xmlsec1, xmlsec1_verifies
from tests.vectors.signatures.documents import package
from tests.vectors.signatures.forge import C14N_10, EXC, Forge, Reference, c14n, parse
from tests.vectors.signatures.signers import certify

UNSIGNED = package().replace("{SIG}", "").encode()
SAMPLES = sorted((Path(__file__).parents[2] / "vectors" / "edxml" / "samples").glob("*.edxml"))


@pytest.fixture(params=["agency_ec", "agency_rsa"])
def agency(request) -> Identity:
    return request.getfixturevalue(request.param)


@pytest.fixture
def root_file(tmp_path, pki):
    path = tmp_path / "root.pem"
    path.write_bytes(keys.pem_of_certificates(pki.root.certificate))
    return path


def test_what_we_sign_verifies_everywhere(agency, registry, anchors, now, tmp_path, root_file):
    """A package signed by us verifies here, with xmlsec1 and with signxml."""
    data = sign(UNSIGNED, agency.key, agency.chain)
    assert verify(parse(data), registry=registry, anchors=anchors, at=now).signer.agency_code == "H99.01"
    path = tmp_path / "package.xml"
    path.write_bytes(data)
    assert xmlsec1_verifies(path, root_file, now)
    config = signxml.verifier.SignatureConfiguration(verification_time=now)
    assert signxml.XMLVerifier().verify(data, x509_cert=agency.certificate, expect_config=config)


@pytest.mark.parametrize("sample", [path for path in SAMPLES if "junk" not in path.name], ids=lambda path: path.stem)
def test_every_sample_of_the_national_sdk_can_be_signed(sample, agency_ec, registry, anchors, now, tmp_path, root_file):
    """Signing adds the signature and changes no other byte, dummy signatures and byte-order marks included."""
    data = sample.read_bytes()
    signed = sign(data, agency_ec.key, agency_ec.chain)
    start, end = signed.index(b"<ds:Signature "), signed.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    assert signed[:start] + signed[end:] == data
    verified = verify(parse(signed), registry=registry, anchors=anchors, at=now)
    assert c14n(verified.tree) == c14n(parse(data))
    (tmp_path / "package.xml").write_bytes(signed)
    assert xmlsec1_verifies(tmp_path / "package.xml", root_file, now)


def test_samples_are_there():
    """The samples that the tests above stand on were found."""
    assert len(SAMPLES) > 10


def test_a_large_attachment_is_signed_and_verified(agency_ec, registry, anchors, now):
    """An attachment beyond lxml's limit of 10 MB of text is no obstacle."""
    data = UNSIGNED.replace(b"QUJDREVGR0g=", b"QUJD" * 3_000_000)
    signed = sign(data, agency_ec.key, agency_ec.chain)
    assert verify(parse(signed), registry=registry, anchors=anchors, at=now)


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP521R1()])
def test_stronger_curves_sign_too(curve, pki, now, anchors, registry):
    """P-384 and P-521 keys sign with the hash of their size."""
    identity = certify(pki, ec.generate_private_key(curve))
    registry.add(identity)
    assert verify(parse(sign(UNSIGNED, identity.key, identity.chain)), registry=registry, anchors=anchors, at=now)


TEMPLATE = (
    f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="%(c14n)s"/>'
    '<ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#%(method)s"/><ds:Reference URI="">'
    f'<ds:Transforms><ds:Transform Algorithm="{DS}enveloped-signature"/><ds:Transform Algorithm="%(c14n)s"/>'
    '</ds:Transforms><ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><ds:DigestValue/>'
    "</ds:Reference></ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo><ds:X509Data/></ds:KeyInfo></ds:Signature>"
)


@pytest.mark.parametrize("algorithm", [EXC, C14N_10])
def test_a_package_signed_by_xmlsec1_alone_is_accepted(agency, algorithm, registry, anchors, now, tmp_path):
    """xmlsec1 fills a template with an RSA or EC key; the result verifies here."""
    method = "ecdsa-sha256" if isinstance(agency.key, ec.EllipticCurvePrivateKey) else "rsa-sha256"
    template = tmp_path / "template.xml"
    template.write_text(package().replace("{SIG}", TEMPLATE % {"c14n": algorithm, "method": method}))
    (tmp_path / "key.pem").write_bytes(keys.pem_of_key(agency.key))
    for number, certificate in enumerate(agency.chain):
        (tmp_path / f"{number}.pem").write_bytes(keys.pem_of_certificates(certificate))
    with_chain = ",".join(str(tmp_path / name) for name in ("key.pem", "0.pem", "1.pem"))
    output = tmp_path / "signed.xml"
    done = xmlsec1("--sign", "--privkey-pem", with_chain, "--output", str(output), str(template))
    assert done.returncode == 0, done.stderr
    assert verify(parse(output.read_bytes()), registry=registry, anchors=anchors, at=now).signer.agency_code == "H99.01"


@pytest.mark.parametrize(
    "data, message",
    [
        (b"", "not well-formed"),
        (b"<a>", "not well-formed"),
        (b"<a/>", "no single edXMLEnvelope"),
        (UNSIGNED.replace(b"<edXML xmlns", b"<edXML Id='x' xmlns"), "carries an identifier"),
        (UNSIGNED.replace(b"<AttachmentEncoded>", b"<AttachmentEncoded><?x?>"), "processing instruction"),
        (
            UNSIGNED.replace(b"<AttachmentEncoded>", b"<AttachmentEncoded xmlns:r='relative'>"),
            "canonical|cannot be signed",
        ),
    ],
)
def test_what_no_one_could_verify_is_not_signed(data, message, agency_ec):
    """Signing refuses a document whose signature would be refused, and says why."""
    with pytest.raises(Unsignable, match=message):
        sign(data, agency_ec.key, agency_ec.chain)


def test_a_signed_package_is_not_signed_again(agency_ec):
    """A second signature would make the package invalid."""
    with pytest.raises(Unsignable, match="already"):
        sign(sign(UNSIGNED, agency_ec.key, agency_ec.chain), agency_ec.key, agency_ec.chain)


def test_key_and_certificate_must_belong_together(agency_ec, agency_rsa):
    """A chain that does not begin with the certificate of the key is refused."""
    with pytest.raises(Unsignable, match="does not belong"):
        sign(UNSIGNED, agency_ec.key, agency_rsa.chain)
    with pytest.raises(Unsignable, match="does not belong"):
        sign(UNSIGNED, agency_ec.key, [])


def test_weak_curves_do_not_sign(pki):
    """A key on another curve than P-256, P-384 or P-521 is refused."""
    identity = certify(pki, ec.generate_private_key(ec.SECP256K1()))
    with pytest.raises(Unsignable, match="curve"):
        sign(UNSIGNED, identity.key, identity.chain)


def test_a_dummy_signature_is_no_signature(agency_ec):
    """A Signature in the QCVN namespace does not count as an XML signature; a W3C one anywhere does."""
    dummy = package().replace("{SIG}", "<Signature/>").encode()
    assert not has_signature(parse(dummy))
    assert has_signature(parse(sign(dummy, agency_ec.key, agency_ec.chain)))
    assert has_signature(etree.fromstring(f'<a><b><Signature xmlns="{DS}"/></b></a>'))


def test_sha1_counts_only_by_the_laboratory_policy(agency_rsa, registry, anchors, now):
    """Historical SHA-1 signatures are refused, and judged only where the caller asks for the laboratory policy."""
    old = Forge(
        agency_rsa.key,
        list(agency_rsa.chain),
        method=f"{DS}rsa-sha1",
        references=[Reference(digest_method=f"{DS}sha1")],
    ).sign(package())
    with pytest.raises(Untrusted, match="not allowed"):
        verify(parse(old), registry=registry, anchors=anchors, at=now)
    assert verify(parse(old), registry=registry, anchors=anchors, at=now, policy=LAB_SHA1_POLICY)


def test_a_1024_bit_key_is_too_weak(pki, registry, anchors, now):
    """A package signed with RSA-1024 is refused for its algorithm, registered or not."""
    weak = pki.agency("H99.01", "Sở Mẫu", KeyKind.RSA_1024_WEAK)
    with pytest.raises(Untrusted) as refusal:
        verify(parse(sign(UNSIGNED, weak.key, weak.chain)), registry=registry, anchors=anchors, at=now)
    assert refusal.value.code == "signature-algorithm-forbidden"


def test_signing_again_gives_the_same_bytes(agency):
    """Signed twice it is one package: a sender that signs on the way may repeat what it sends."""
    assert sign(UNSIGNED, agency.key, agency.chain) == sign(UNSIGNED, agency.key, agency.chain)
