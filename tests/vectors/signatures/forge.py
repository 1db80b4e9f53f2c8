"""A signer without scruples: makes honest signatures of any shape, so that only the rule under test can refuse them."""

import hashlib
from base64 import b64encode
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

DS = "http://www.w3.org/2000/09/xmldsig#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
MORE_2007 = "http://www.w3.org/2007/05/xmldsig-more#"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
C14N_10 = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
C14N_11 = "http://www.w3.org/2006/12/xml-c14n11"
ENVELOPED = f"{DS}enveloped-signature"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
QCVN = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
XADES = "http://uri.etsi.org/01903/v1.3.2#"

_HASHES = {"sha1": hashes.SHA1, "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}


def parse(data: bytes) -> etree._Element:
    """Parse as the hub's own parser does, as far as a signature is concerned."""
    parser = etree.XMLParser(remove_comments=True, resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(data, parser)


def c14n(element: etree._Element, algorithm: str = EXC, prefixes: tuple[str, ...] = ()) -> bytes:
    """Canonicalise by an algorithm URI; what is unknown counts as exclusive."""
    return etree.tostring(
        element,
        method="c14n",
        exclusive=not algorithm.startswith((C14N_10, C14N_11)),
        with_comments=algorithm.endswith("#WithComments"),
        inclusive_ns_prefixes=prefixes or None,
    )


def transform(algorithm: str, content: str = "") -> str:
    """Write one Transform."""
    return f'<ds:Transform Algorithm="{algorithm}">{content}</ds:Transform>'


WHOLE = transform(ENVELOPED) + transform(EXC)

_BY_ID = "*[@Id=$id]"


@dataclass
class Reference:
    """One Reference; `target` names the element to digest by its Id, empty for the document without the signature."""

    uri: str | None = ""
    transforms: str = WHOLE
    digest_method: str = SHA256
    c14n: str = EXC
    prefixes: tuple[str, ...] = ()
    target: str = ""
    attributes: str = ""
    digest: bytes | None = None


@dataclass
class Forge:
    """Everything about a signature that an attacker may choose. `{SIG}` in the template is where it goes."""

    key: object
    certificates: list[x509.Certificate]
    references: list[Reference] = field(default_factory=lambda: [Reference()])
    c14n: str = EXC
    c14n_content: str = ""
    prefixes: tuple[str, ...] = ()
    method: str = ""
    method_content: str = ""
    key_info: str | None = None
    key_info_extra: str = ""
    signature_attributes: str = ""
    objects: str = ""
    extra: str = ""
    is_der: bool = False
    value: bytes | None = None

    def sign(self, template: str) -> bytes:
        """Return the document with the signature in its place."""
        digests = self._digests(template)
        draft = template.replace("{SIG}", self._signature(digests, "AAAA"))
        signed_info = next(parse(draft.encode()).iter(f"{{{DS}}}SignedInfo"))
        value = self.value or self._value(c14n(signed_info, self.c14n, self.prefixes))
        return template.replace("{SIG}", self._signature(digests, b64encode(value).decode())).encode()

    def _digests(self, template: str) -> list[str]:
        draft = parse(template.replace("{SIG}", self._signature(["AAAA"] * len(self.references), "AAAA")).encode())
        without = parse(template.replace("{SIG}", "").encode()) if template != "{SIG}" else draft
        return [self._digest(reference, without, draft) for reference in self.references]

    def _digest(self, reference: Reference, without: etree._Element, draft: etree._Element) -> str:
        if reference.digest is not None:
            return b64encode(reference.digest).decode()
        element = without
        if (
            reference.target
        ):  # inside the signature's own Object or beside it; else in the document without the signature
            inside, beside = f"//ds:Object//{_BY_ID}", f"//ds:Signature//{_BY_ID}"
            found = [
                *_find(draft, inside, reference),
                *_find(draft, beside, reference),
                *_find(without, f"//{_BY_ID}", reference),
            ]
            element = found[0]
        name = reference.digest_method.rpartition("#")[2].replace("-", "_")
        name = name if name in hashlib.algorithms_available else "sha256"
        return b64encode(hashlib.new(name, c14n(element, reference.c14n, reference.prefixes)).digest()).decode()

    def _signature(self, digests: list[str], value: str) -> str:
        references = "".join(map(self._reference, self.references, digests))
        key_info = self.key_info
        if key_info is None:
            certificates = "".join(
                f"<ds:X509Certificate>{b64encode(one.public_bytes(Encoding.DER)).decode()}</ds:X509Certificate>"
                for one in self.certificates
            )
            key_info = (
                f'<ds:KeyInfo Id="key-info">{self.key_info_extra}<ds:X509Data>{certificates}</ds:X509Data></ds:KeyInfo>'
            )
        return (
            f'<ds:Signature xmlns:ds="{DS}" {self.signature_attributes}><ds:SignedInfo>'
            f'<ds:CanonicalizationMethod Algorithm="{self.c14n}">{self.c14n_content}</ds:CanonicalizationMethod>'
            f'<ds:SignatureMethod Algorithm="{self._method}">{self.method_content}</ds:SignatureMethod>'
            f"{references}</ds:SignedInfo>{self.extra}<ds:SignatureValue>{value}</ds:SignatureValue>"
            f"{key_info}{self.objects}</ds:Signature>"
        )

    def _reference(self, reference: Reference, digest: str) -> str:
        uri = "" if reference.uri is None else f'URI="{reference.uri}"'
        transforms = f"<ds:Transforms>{reference.transforms}</ds:Transforms>" if reference.transforms else ""
        return (
            f"<ds:Reference {uri} {reference.attributes}>{transforms}"
            f'<ds:DigestMethod Algorithm="{reference.digest_method}"/>'
            f"<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
        )

    @property
    def _method(self) -> str:
        if self.method:
            return self.method
        return f"{MORE}ecdsa-sha256" if isinstance(self.key, ec.EllipticCurvePrivateKey) else f"{MORE}rsa-sha256"

    def _value(self, data: bytes) -> bytes:
        name = next((name for name in _HASHES if name in self._method.rpartition("#")[2]), "sha256")
        algorithm = _HASHES[name]()
        if isinstance(self.key, bytes):
            mac = hmac.HMAC(self.key, algorithm)
            mac.update(data)
            return mac.finalize()
        if isinstance(self.key, ed25519.Ed25519PrivateKey):
            return self.key.sign(data)
        if isinstance(self.key, dsa.DSAPrivateKey):
            return _side_by_side(self.key.sign(data, algorithm), 32)
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            der = self.key.sign(data, ec.ECDSA(algorithm))
            return der if self.is_der else _side_by_side(der, (self.key.key_size + 7) // 8)
        assert isinstance(self.key, rsa.RSAPrivateKey)
        if self._method.endswith("MGF1"):
            pss = padding.PSS(mgf=padding.MGF1(algorithm), salt_length=algorithm.digest_size)
            return self.key.sign(data, pss, algorithm)
        return self.key.sign(data, padding.PKCS1v15(), algorithm)


def _side_by_side(der: bytes, size: int) -> bytes:
    r, s = decode_dss_signature(der)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def _find(tree: etree._Element, path: str, reference: Reference) -> list[etree._Element]:
    return tree.xpath(path, id=reference.target, namespaces={"ds": DS})
