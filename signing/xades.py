"""XAdES-B inside a package signature: QualifyingProperties that are wholly signed and wholly checked, or refused.

Bound three ways (ETSI EN 319 132-1, 4.3 and 5): the one reference of Type SignedProperties names exactly these
SignedProperties, they stand in this signature's own Object, and QualifyingProperties names this signature as its
Target. Accepted inside: SigningTime, one of SigningCertificate(V2) by digest (an IssuerSerial beside it must name the same
certificate's serial number; the older form cannot leave it out), DataObjectFormat for the document.
Everything else (unsigned properties, policies, roles, time stamps) is refused, because nothing here would check it.
"""

from datetime import datetime, timedelta

import asn1crypto.tsp  # type: ignore[import-untyped]
from cryptography import x509
from lxml.etree import _Element

import signing.asn1  # noqa: F401 - sets asn1crypto up before threads read
from signing import names
from signing.algorithms import AlgorithmPolicy, digest
from signing.elements import base64_of, children, local, sequence, text_of
from signing.errors import Code, Untrusted, foreign_errors_as
from signing.keyinfo import Embedded
from signing.structure import Reference, Signature

_TOLERANCE = timedelta(minutes=5)  # of the signer's clock


def _tag(name: str) -> str:
    return f"{{{names.XADES}}}{name}"


_DIGEST = (names.DIGEST_METHOD, names.DIGEST_VALUE)
_SIGNING_CERTIFICATES = frozenset({_tag("SigningCertificate"), _tag("SigningCertificateV2")})


def parts(signature: Signature) -> tuple[_Element, ...]:
    """Return the element of this signature that each reference in `signature.parts` names (step 3 of `verify`).

    Raises:
        Untrusted: signature-coverage when one names anything else, or when the properties are not covered.
    """
    if signature.object is None:
        return ()
    properties = _signed_properties(signature)
    found = []
    own = {properties.get("Id"): properties, signature.key_info.get("Id"): signature.key_info}
    for reference in signature.parts:
        name = (reference.uri or "")[1:]  # "#" alone names nothing, also where the KeyInfo has no Id
        element = own.pop(name, None) if name else None
        if element is None or reference.type != (names.SIGNED_PROPERTIES_TYPE if element is properties else ""):
            raise _unbound()
        found.append(element)
    if properties not in found:
        raise _unbound()
    return tuple(found)


def check_properties(
    signature: Signature,
    leaf: Embedded,
    embedded: tuple[Embedded, ...],
    *,
    at: datetime,
    policy: AlgorithmPolicy,
) -> str:
    """Check what the signed properties claim; return the claimed signing time as text, empty without properties.

    Raises:
        Untrusted: signature-invalid when a claim is false or of a kind that is not checked here.
    """
    if signature.object is None:
        return ""
    first, *rest = children(_signed_properties(signature), ("Id",)) or [signature.object]
    if first.tag != _tag("SignedSignatureProperties") or len(rest) > 1:
        raise _unchecked(first if not rest else rest[-1])
    claimed_at = ""
    has_certificate = False
    for claim in children(first, ("Id",)):
        if claim.tag == _tag("SigningTime") and not claimed_at:
            claimed_at = _signing_time(claim, at)
        elif claim.tag in _SIGNING_CERTIFICATES and not has_certificate:
            _check_certificates(claim, leaf, embedded, policy)
            has_certificate = True
        else:
            raise _unchecked(claim)
    if not has_certificate:
        raise _false("SigningCertificateV2 is missing", "thiếu SigningCertificateV2")
    for objects in rest:
        _check_data_objects(objects, signature.document)
    return claimed_at


def _signed_properties(signature: Signature) -> _Element:
    """Return the SignedProperties of this signature after checking that nothing stands beside them."""
    if signature.object is None:
        raise _unbound()
    inside = children(signature.object, ("Id", "MimeType", "Encoding"))
    identifier = signature.element.get("Id")
    if len(inside) != 1 or inside[0].tag != _tag("QualifyingProperties") or not identifier:
        raise _unbound()
    properties = children(inside[0], ("Id", "Target"))
    if inside[0].get("Target") != f"#{identifier}" or [one.tag for one in properties] != [_tag("SignedProperties")]:
        raise _unbound()
    if not properties[0].get("Id"):
        raise _unbound()
    return properties[0]


def _signing_time(element: _Element, at: datetime) -> str:
    text = text_of(element)
    try:
        claimed = datetime.fromisoformat(text)
    except ValueError:
        raise _false("SigningTime is no date and time", "SigningTime không phải là thời điểm hợp lệ") from None
    if claimed.tzinfo is None or claimed - at > _TOLERANCE:
        raise _false(
            "SigningTime has no time zone or lies in the future", "SigningTime không có múi giờ hoặc ở tương lai"
        )
    return text


def _check_certificates(
    element: _Element, leaf: Embedded, embedded: tuple[Embedded, ...], policy: AlgorithmPolicy
) -> None:
    """The first digest is of the signer's certificate, any further one of a certificate in KeyInfo (EN 319 132-1, 5.2.2)."""
    certificates = children(element)
    for number, certificate in enumerate(certificates):
        holder, *beside = children(certificate) or [certificate]
        if holder.tag != _tag("CertDigest") or len(beside) > 1:
            raise _unchecked(beside[-1] if beside else holder)
        method, value = sequence(holder, _DIGEST)
        algorithm = method.get("Algorithm", "")
        if text_of(method, ("Algorithm",)) or algorithm not in policy.digests:
            raise Untrusted(
                Code.ALGORITHM_FORBIDDEN,
                "The digest algorithm of SigningCertificate is not allowed; use SHA-256 or stronger.",
                "Thuật toán băm của SigningCertificate không được phép; hãy dùng SHA-256 trở lên.",
            )
        expected = [leaf] if number == 0 else embedded
        named = {digest(algorithm, one.der): one for one in expected}.get(base64_of(value))
        if named is None or (beside and _serial_in(beside[0]) != _serial_of(named)):
            raise _false("SigningCertificate is another certificate", "SigningCertificate là chứng thư khác")
    if not certificates:
        raise _false("SigningCertificate names no certificate", "SigningCertificate không nêu chứng thư nào")


def _serial_in(element: _Element) -> int:
    """Return the serial number in an IssuerSerial or IssuerSerialV2. The name in it has too many spellings to be compared."""
    with foreign_errors_as(
        Code.SIGNATURE_INVALID,
        "The signed XAdES properties are wrong: IssuerSerial cannot be read.",
        "Thuộc tính XAdES đã ký không đúng: không đọc được IssuerSerial.",
    ):
        if element.tag == _tag("IssuerSerialV2"):
            return int(asn1crypto.tsp.IssuerSerial.load(base64_of(element), strict=True)["serial_number"].native)
        if element.tag == _tag("IssuerSerial"):
            name, number = sequence(element, (f"{{{names.DS}}}X509IssuerName", f"{{{names.DS}}}X509SerialNumber"))
            text_of(name)
            return int(text_of(number))
    raise _unchecked(element)


def _serial_of(certificate: Embedded) -> int:
    return x509.load_der_x509_certificate(certificate.der).serial_number


def _check_data_objects(element: _Element, document: Reference) -> None:
    if element.tag != _tag("SignedDataObjectProperties"):
        raise _unchecked(element)
    for data_object in children(element, ("Id",)):
        if data_object.tag != _tag("DataObjectFormat"):
            raise _unchecked(data_object)
        for child in children(data_object, ("ObjectReference",)):
            if child.tag not in {_tag("Description"), _tag("MimeType"), _tag("Encoding")}:
                raise _unchecked(child)
            text_of(child)
        if not document.id or data_object.get("ObjectReference") != f"#{document.id}":
            raise _false("DataObjectFormat is about something else", "DataObjectFormat nói về đối tượng khác")


def _unbound() -> Untrusted:
    return Untrusted(
        Code.SIGNATURE_COVERAGE,
        "The Object may hold only the XAdES QualifyingProperties of this signature (Target), with their SignedProperties"
        " covered by a reference of their Type; a reference may name nothing else but KeyInfo.",
        "Object chỉ được chứa QualifyingProperties (XAdES) của chính chữ ký này (Target), với SignedProperties được bao phủ"
        " bởi tham chiếu đúng Type; tham chiếu khác chỉ được trỏ đến KeyInfo.",
    )


def _unchecked(element: _Element) -> Untrusted:
    return Untrusted(
        Code.SIGNATURE_INVALID,
        f"The XAdES property {local(element)} is not checked by this hub and therefore not accepted; leave it out.",
        f"Thuộc tính XAdES {local(element)} không được hệ thống kiểm tra nên không được chấp nhận; hãy bỏ thuộc tính đó.",
    )


def _false(en: str, vi: str) -> Untrusted:
    return Untrusted(
        Code.SIGNATURE_INVALID,
        f"The signed XAdES properties are wrong: {en}.",
        f"Thuộc tính XAdES đã ký không đúng: {vi}.",
    )
