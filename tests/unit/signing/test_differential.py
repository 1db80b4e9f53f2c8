"""Documents of odd shapes, signed honestly: whatever we accept, xmlsec1 and signxml accept, and read the same content."""

import pytest
import signxml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signing.certificates import TrustAnchors
from signing.errors import Untrusted
from signing.keys import pem_of_certificates
from signing.verify import verify
from tests.unit.signing.oracles import xmlsec1_verifies
from tests.vectors.signatures.documents import package
from tests.vectors.signatures.forge import C14N_10, C14N_11, ENVELOPED, EXC, Forge, Reference, c14n, parse, transform

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12).map(
    lambda text: text.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "]]&gt;")
)
DECLARATIONS = st.sampled_from(
    [
        "",
        'xmlns=""',
        'xmlns="urn:a"',
        'xmlns:p="urn:a"',
        'xmlns:p="urn:b"',
        'xmlns:q="urn:a" q:x="1"',
        'a="1" b="&#9;&#10;"',
        'xmlns:p="urn:a" p:b="2" a="&quot;"',
        'xml:lang="vi"',
        'xml:space="preserve"',
    ]
)
TREES = st.recursive(
    st.one_of(TEXT, st.just("<![CDATA[<&]]>"), st.just("&#xD;"), st.just("<!-- chú thích -->")),
    lambda inner: st.builds(
        lambda attributes, parts: f"<e {attributes}>{''.join(parts)}</e>", DECLARATIONS, st.lists(inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    content=TREES,
    root_attributes=st.sampled_from(["", 'xmlns:p="urn:z"', 'xml:lang="vi"', 'xmlns:ds="urn:other"']),
    algorithms=st.tuples(*[st.sampled_from([EXC, C14N_10, C14N_11])] * 2),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_what_we_accept_is_accepted_by_others(
    content, root_attributes, algorithms, agency_ec, registry, pki, now, tmp_path
):
    """An accepted document verifies with xmlsec1 and signxml, and signxml returns the same canonical content."""
    signed_info, document = algorithms
    reference = Reference(transforms=transform(ENVELOPED) + transform(document), c14n=document)
    forge = Forge(agency_ec.key, list(agency_ec.chain), c14n=signed_info, references=[reference])
    template = package(attributes=root_attributes).replace("</AttachmentEncoded>", f"</AttachmentEncoded>{content}")
    data = forge.sign(template)
    try:
        verified = verify(parse(data), registry=registry, anchors=TrustAnchors([pki.root.certificate]), at=now)
    except Untrusted as verdict:
        assert (verdict.code, "xml:" in root_attributes) == ("signature-transform-forbidden", True)  # noqa: PT017
        return
    (tmp_path / "package.xml").write_bytes(data)
    (tmp_path / "root.pem").write_bytes(pem_of_certificates(pki.root.certificate))
    assert xmlsec1_verifies(tmp_path / "package.xml", tmp_path / "root.pem", now)
    config = signxml.verifier.SignatureConfiguration(
        location="./{*}edXMLEnvelope/{*}edXMLHeader/", verification_time=now
    )
    theirs = signxml.XMLVerifier().verify(data, x509_cert=agency_ec.certificate, expect_config=config)
    assert c14n(theirs.signed_xml) == c14n(verified.tree)


@pytest.mark.parametrize("algorithm", [C14N_10, C14N_11])
def test_inherited_xml_attributes_are_refused_where_verifiers_differ(algorithm, agency_ec, registry, anchors, now):
    """Inclusive SignedInfo below xml:lang, which lxml and xmlsec1 canonicalise differently, is refused."""
    data = Forge(agency_ec.key, list(agency_ec.chain), c14n=algorithm).sign(package(attributes='xml:lang="vi"'))
    with pytest.raises(Untrusted) as refusal:
        verify(parse(data), registry=registry, anchors=anchors, at=now)
    assert refusal.value.code == "signature-transform-forbidden"
