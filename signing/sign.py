"""Signing a package: signxml makes the signature, and every other byte of the document stays as it was.

The signature is computed on a tree but spliced into the bytes, just before the end tag of the header. Writing the tree
out again would change quotes, character references and CDATA, and so the file that the sender keeps.
"""

from collections.abc import Sequence
from xml.parsers import expat

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree
from lxml.etree import _Element
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner

from signing import names, place
from signing.errors import Untrusted
from signing.keys import PrivateKey, belongs
from signing.repeatable import RepeatableKey

_ECDSA = {
    "secp256r1": SignatureMethod.ECDSA_SHA256,
    "secp384r1": SignatureMethod.ECDSA_SHA384,
    "secp521r1": SignatureMethod.ECDSA_SHA512,
}


class Unsignable(ValueError):
    """The document cannot be signed as a package; the message says what to change, in English, `vi` in Vietnamese."""

    def __init__(self, message: str, vi: str) -> None:
        """Take the same sentence twice."""
        super().__init__(message)
        self.vi = vi


def sign(data: bytes, key: PrivateKey, chain: Sequence[x509.Certificate]) -> bytes:
    """Sign an edXML document with an enveloped signature, last in its header: exclusive canonicalisation, SHA-256.

    Signing the same bytes again with the same key and chain gives the same bytes.

    Args:
        data: the document, UTF-8; it is the caller's own, but read with entities and network off all the same.
        key: RSA or elliptic curve (P-256, P-384, P-521).
        chain: the certificate of the key, then those above it; all of them are embedded.

    Returns:
        The same bytes with one ds:Signature spliced in.

    Raises:
        Unsignable: the document is not well-formed, is no edXML, is signed already, or key and certificate do not
            match.
    """
    if not chain or not belongs(key, chain[0]):
        raise Unsignable(
            "The first certificate does not belong to the key; give the key's own certificate first.",
            "Chứng thư đầu tiên không phải của khóa này; hãy đưa chứng thư của chính khóa ấy lên đầu.",
        )
    root = _parse(data)
    header = place.header_of(root)
    if header is None:
        raise Unsignable(
            "The document has no single edXMLEnvelope with a single edXMLHeader in the edXML namespace; see the sample in"
            " docs/packages.md.",
            "Tệp không có đúng một edXMLEnvelope chứa đúng một edXMLHeader trong không gian tên edXML; xem mẫu trong"
            " docs/packages.md.",
        )
    if place.has_signature(root):
        raise Unsignable(
            "The document carries an XML signature already; sign the file as it was before.",
            "Tệp đã có chữ ký XML; hãy ký tệp gốc chưa ký.",
        )
    etree.SubElement(header, names.SIGNATURE, Id="placeholder", nsmap={"ds": names.DS})
    signature = _made_by_signxml(root, key, chain)
    position = _end_of_header(data)
    return data[:position] + signature + data[position:]


def _parse(data: bytes) -> _Element:
    try:
        root = etree.fromstring(data, _parser())
        place.check_tree(root)
        place.check_attributes(root)
    except etree.XMLSyntaxError as error:
        raise Unsignable(
            f"The document is not well-formed: {error}", f"Tệp không phải XML đúng cú pháp: {error}"
        ) from error
    except Untrusted as error:
        raise Unsignable(error.detail_en, error.detail_vi) from error
    if any(str(name).lower() == "id" for name in root.attrib):
        raise Unsignable(
            "The root carries an identifier, which a signature would name instead of the whole document; remove it.",
            "Phần tử gốc có mã định danh (Id), chữ ký sẽ trỏ vào đó thay vì cả tệp; hãy bỏ mã ấy.",
        )
    return root


def _parser() -> etree.XMLParser:
    """A parser for one's own documents: attachments make text longer than the 10 MB that lxml takes by default."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, huge_tree=True
    )


def _made_by_signxml(root: _Element, key: PrivateKey, chain: Sequence[x509.Certificate]) -> bytes:
    """Return the ds:Signature element as bytes, with no other namespace declarations than its own."""
    method = SignatureMethod.RSA_SHA256
    if isinstance(key, ec.EllipticCurvePrivateKey):
        if key.curve.name not in _ECDSA:
            raise Unsignable(
                f"The curve {key.curve.name} is not allowed; use P-256, P-384 or P-521.",
                f"Đường cong {key.curve.name} không được phép; hãy dùng P-256, P-384 hoặc P-521.",
            )
        method = _ECDSA[key.curve.name]
        key = RepeatableKey(key)
    signer = XMLSigner(
        signature_algorithm=method,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    # signxml has no parameter for it, and its own parser refuses text over 10 MB, which is an ordinary attachment here.
    signer._parser = _parser()  # type: ignore[assignment]  # noqa: SLF001
    try:
        signed = signer.sign(root, key=key, cert=list(chain))
    except (SignXMLException, etree.LxmlError) as error:  # a relative namespace name has no canonical form
        raise Unsignable(f"The document cannot be signed: {error}", f"Không ký được tệp này: {error}") from error
    signature = next(signed.iter(names.SIGNATURE))
    return etree.tostring(signature, method="c14n", exclusive=True, with_comments=False)


def _end_of_header(data: bytes) -> int:
    """Return the byte position of the header's end tag."""
    positions: list[int] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    header = names.HEADER[1:].replace("}", " ")

    def end(name: str) -> None:
        if name == header:
            positions.append(parser.CurrentByteIndex)

    parser.EndElementHandler = end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise Unsignable(
            f"The document is not well-formed: {error}", f"Tệp không phải XML đúng cú pháp: {error}"
        ) from error
    position = positions[0]
    if len(positions) != 1 or not data[position:].startswith(b"</"):
        raise Unsignable(
            "The document needs one edXMLHeader with an end tag of its own; write </edXMLHeader> instead of an empty tag.",
            "Tệp cần đúng một edXMLHeader có thẻ đóng riêng; hãy viết </edXMLHeader> thay cho thẻ rỗng.",
        )
    return position
