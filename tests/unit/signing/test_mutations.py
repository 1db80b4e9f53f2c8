"""No changed document is accepted with another meaning, and no document at all makes the verifier stumble."""

from base64 import b64decode, b64encode
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from signing.certificates import TrustAnchors
from signing.errors import Undetermined, Untrusted
from signing.keys import load_certificates
from signing.verify import RegisteredCertificate, verify
from tests.unit.signing.conftest import load_vectors
from tests.unit.signing.oracles import DS
from tests.vectors.signatures.forge import QCVN, c14n, parse

VECTORS = load_vectors()
ANCHORS = TrustAnchors(load_certificates(VECTORS.root.read_bytes()))


class Everyone:
    """A registry that knows every certificate: the worst that hostile certificates can meet."""

    def registered(self, certificate_sha256):
        return RegisteredCertificate(certificate_sha256, "H99.01", b"")


def judge(root, registry=VECTORS.registry, anchors=ANCHORS):
    return verify(root, registry=registry, anchors=anchors, at=VECTORS.at)


@pytest.mark.parametrize("name", ["ec-p256", "rsa-2048", "c14n10", "xades-with-key-info"])
@pytest.mark.parametrize("mask", [0x01, 0x20, 0x80])
def test_no_changed_byte_is_accepted_with_another_meaning(name, mask):
    """Whatever byte is changed, the package is refused or is still, canonically, what was signed by the same agency."""
    data = VECTORS.read(name)
    honest = judge(parse(data))
    accepted = []
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= mask
        try:
            verified = judge(parse(bytes(changed)))
        except (etree.XMLSyntaxError, Untrusted):
            continue
        assert verified.signed_sha256 == honest.signed_sha256
        assert c14n(verified.tree) == c14n(honest.tree)
        assert verified.signer == honest.signer
        accepted.append(position)
    # What may change without a trace: the XML declaration (the hub's parser judges it), white space and quotes inside
    # tags, and the identifier that nothing refers to.
    root = data.index(b"<edXML")
    free = data.index(b'Id="key-info"') if name != "xades-with-key-info" else -1
    for position in accepted:
        in_identifier = free <= position < free + len('Id="key-info"')
        assert position < root or data[position : position + 1] in b" \t\n\r'\"" or in_identifier


def elements(root):
    return [element for element in root.iter() if isinstance(element.tag, str)]


NAMES = st.sampled_from(
    [
        f"{{{DS}}}{name}"
        for name in ("Signature", "SignedInfo", "Reference", "Object", "KeyInfo", "X509Data", "Transform")
    ]
    + [f"{{{QCVN}}}{name}" for name in ("edXML", "edXMLEnvelope", "edXMLHeader")]
    + ["{http://uri.etsi.org/01903/v1.3.2#}QualifyingProperties", "{relative}x", "x"]
)
TEXTS = st.one_of(
    st.none(),
    st.sampled_from(["", " ", "\u00a0", "=", "AAAA", "#s", "cid:x", "2026-13-01"]),
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8),
)
ATTRIBUTES = st.sampled_from(["Id", "ID", "URI", "Type", "Algorithm", "Target", "{relative}a", "PrefixList"])


@st.composite
def mutations(draw):
    """A change of one element: its name, text, tail, an attribute, its place, a copy of it, or its removal."""
    kind = draw(st.sampled_from(["tag", "text", "tail", "attribute", "drop", "move", "copy", "comment"]))
    return kind, draw(st.integers(0, 200)), draw(st.integers(0, 200)), draw(NAMES), draw(TEXTS), draw(ATTRIBUTES)


def mutate(root, mutation):
    kind, first, second, name, text, attribute = mutation
    everything = elements(root)
    element, other = everything[first % len(everything)], everything[second % len(everything)]
    if kind == "tag":
        element.tag = name
    elif kind == "text":
        element.text = text
    elif kind == "tail" and element is not root:
        element.tail = text
    elif kind == "attribute":
        element.set(attribute, text or "")
    elif kind == "drop" and element is not root:
        element.getparent().remove(element)
    elif kind == "move" and element is not root and element not in other.iterancestors() and element is not other:
        other.append(element)
    elif kind == "copy":
        other.append(parse(etree.tostring(element, with_tail=False)))
    elif kind == "comment":
        element.append(etree.Comment("x"))


@given(
    name=st.sampled_from(["ec-p256", "xades-with-key-info", "c14n10"]),
    changes=st.lists(mutations(), min_size=1, max_size=4),
)
@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_tree_ends_in_a_verdict(name, changes):
    """Whatever is done to a signed tree, the answer is a verdict of a listed code, or the very same content."""
    honest = c14n(judge(parse(VECTORS.read(name))).tree)
    root = parse(VECTORS.read(name))
    for change in changes:
        mutate(root, change)
    try:
        tree = judge(root, Everyone()).tree
    except (Untrusted, Undetermined):
        return
    assert c14n(tree) == honest


@given(st.integers(0, 2000), st.binary(min_size=1, max_size=3), st.integers(0, 1))
@settings(max_examples=800, deadline=None)
def test_a_hostile_certificate_ends_in_a_verdict(position, patch, which):
    """Damaged certificates in KeyInfo, even registered ones, end as untrusted and in nothing else."""
    root = parse(VECTORS.read("ec-p256"))
    element = root.findall(f".//{{{DS}}}X509Certificate")[which]
    der = bytearray(b64decode(element.text))
    position %= len(der)
    der[position : position + len(patch)] = patch
    element.text = b64encode(der).decode()
    with suppress(Untrusted, Undetermined):
        judge(root, Everyone(), TrustAnchors(load_certificates(VECTORS.root.read_bytes())))


@given(st.binary(min_size=1, max_size=200))
@settings(max_examples=200, deadline=None)
def test_garbage_in_place_of_a_certificate_ends_in_a_verdict(garbage):
    """Anything in X509Certificate that is no certificate ends as untrusted."""
    root = parse(VECTORS.read("ec-p256"))
    root.find(f".//{{{DS}}}X509Certificate").text = b64encode(garbage).decode()
    with pytest.raises(Untrusted):
        judge(root, Everyone())
