"""The parts of a ds:Signature element, read by the closed profile: exactly these children, references and transforms.

`read` takes the element apart (step 3 of `verify`), `check_algorithms` holds every URI against the lists (step 4).
"""

from lxml.etree import _Element
from msgspec import Struct

from signing import canonical, names
from signing.algorithms import AlgorithmPolicy
from signing.canonical import Canonicalisation
from signing.elements import base64_of, check_attributes, children, elements_in, local, text_in, unknown
from signing.errors import Code, Untrusted

_MAX_REFERENCES = 3  # the document, the XAdES SignedProperties, the KeyInfo
_MAX_OBJECTS = 1


class Reference(Struct, frozen=True):
    """One digest of SignedInfo and what it is of; `uri` is None when the attribute is missing."""

    id: str
    uri: str | None
    type: str
    transforms: tuple[_Element, ...]
    digest_method: str
    digest: bytes

    @property
    def is_whole_document(self) -> bool:
        """Whether it covers the whole document that the signature stands in."""
        return self.uri == ""


class Signature(Struct, frozen=True):
    """A ds:Signature element taken apart; nothing here is believed before the digests and the value are checked."""

    element: _Element
    signed_info: _Element
    c14n_method: _Element
    signature_method: str
    document: Reference
    parts: tuple[Reference, ...]  # the other references: to parts of this signature
    value: bytes
    key_info: _Element
    object: _Element | None


class Canonicalisations(Struct, frozen=True):
    """How SignedInfo, the document, and each part of the signature are brought into canonical form."""

    signed_info: Canonicalisation
    document: Canonicalisation
    parts: tuple[Canonicalisation, ...]


def read(element: _Element) -> Signature:
    """Take a ds:Signature apart.

    Raises:
        Untrusted: signature-invalid for an unknown shape; signature-coverage when the whole document is not covered or
            something beside it is; signature-reference-forbidden for references that lead elsewhere.
    """
    inside = children(element, ("Id",))
    if [child.tag for child in inside[:3]] != [names.SIGNED_INFO, names.SIGNATURE_VALUE, names.KEY_INFO]:
        raise Untrusted(
            Code.SIGNATURE_INVALID,
            "The Signature must hold SignedInfo, SignatureValue and a KeyInfo with the certificate, in this order.",
            "Signature phải gồm SignedInfo, SignatureValue và KeyInfo chứa chứng thư số, theo thứ tự này.",
        )
    signed_info, value, key_info = inside[:3]
    c14n_method, signature_method, references = _read_signed_info(signed_info)
    document, parts = _covered(references)
    space = _read_objects(inside[3:])
    _check_parts(parts, space)
    return Signature(
        element=element,
        signed_info=signed_info,
        c14n_method=c14n_method,
        signature_method=_algorithm(signature_method),
        document=document,
        parts=parts,
        value=base64_of(value, ("Id",)),
        key_info=key_info,
        object=space,
    )


def check_algorithms(signature: Signature, policy: AlgorithmPolicy) -> Canonicalisations:
    """Hold every algorithm against the lists; return the canonicalisations to apply.

    Raises:
        Untrusted: signature-algorithm-forbidden, signature-transform-forbidden.
    """
    if signature.signature_method not in policy.signatures:
        raise _forbidden_algorithm(signature.signature_method)
    for reference in (signature.document, *signature.parts):
        if reference.digest_method not in policy.digests:
            raise _forbidden_algorithm(reference.digest_method)
    return Canonicalisations(
        signed_info=canonical.read(signature.c14n_method),
        document=_canonicalisation_of(signature.document),
        parts=tuple(_canonicalisation_of(part) for part in signature.parts),
    )


def _canonicalisation_of(reference: Reference) -> Canonicalisation:
    """Return the canonicalisation of a reference after checking its transforms.

    The document: enveloped-signature, then one canonicalisation. A part of the signature: at most one canonicalisation.
    """
    transforms = list(reference.transforms)
    if reference.is_whole_document:
        if not transforms or transforms[0].get("Algorithm") != names.ENVELOPED:
            raise canonical.forbidden(transforms[0].get("Algorithm", "") if transforms else "none")
        if elements_in(transforms.pop(0)) or not transforms:
            raise canonical.forbidden("enveloped-signature without a canonicalisation after it")
    if len(transforms) > 1:
        raise canonical.forbidden(f"{len(transforms)} transforms after each other")
    return canonical.read(transforms[0]) if transforms else canonical.IMPLIED


def _read_signed_info(element: _Element) -> tuple[_Element, _Element, tuple[Reference, ...]]:
    inside = children(element, ("Id",))
    tags = [child.tag for child in inside[:2]]
    if tags != [names.C14N_METHOD, names.SIGNATURE_METHOD] or len(inside) == 2:
        raise Untrusted(
            Code.SIGNATURE_INVALID,
            "SignedInfo must hold CanonicalizationMethod, SignatureMethod and the references, in this order.",
            "SignedInfo phải gồm CanonicalizationMethod, SignatureMethod và các tham chiếu, theo thứ tự này.",
        )
    if len(inside) > 2 + _MAX_REFERENCES:
        raise Untrusted(
            Code.REFERENCE_FORBIDDEN,
            f"The signature has {len(inside) - 2} references; at most {_MAX_REFERENCES} are allowed.",
            f"Chữ ký có {len(inside) - 2} tham chiếu; chỉ được tối đa {_MAX_REFERENCES}.",
        )
    return inside[0], inside[1], tuple(_read_reference(child) for child in inside[2:])


def _read_reference(element: _Element) -> Reference:
    if element.tag != names.REFERENCE:
        raise unknown(element)
    inside = children(element, ("Id", "URI", "Type"))
    transforms: tuple[_Element, ...] = ()
    if inside and inside[0].tag == names.TRANSFORMS:
        transforms = _read_transforms(inside.pop(0))
    if [child.tag for child in inside] != [names.DIGEST_METHOD, names.DIGEST_VALUE]:
        raise Untrusted(
            Code.SIGNATURE_INVALID,
            "A Reference must hold Transforms, DigestMethod and DigestValue, in this order.",
            "Reference phải gồm Transforms, DigestMethod và DigestValue, theo thứ tự này.",
        )
    return Reference(
        id=element.get("Id", ""),
        uri=element.get("URI"),
        type=element.get("Type", ""),
        transforms=transforms,
        digest_method=_algorithm(inside[0]),
        digest=base64_of(inside[1]),
    )


def _read_transforms(element: _Element) -> tuple[_Element, ...]:
    if len(element) > 2:
        raise canonical.forbidden(f"{len(element)} transforms after each other")
    inside = children(element)
    for transform in inside:
        if transform.tag != names.TRANSFORM:
            raise unknown(transform)
        check_attributes(transform, ("Algorithm",))
    return tuple(inside)


def _read_objects(objects: list[_Element]) -> _Element | None:
    """Return the one Object that may stand in the signature; what it may hold is for `xades` to say."""
    for child in objects:
        if child.tag != names.OBJECT:
            raise unknown(child)
    if len(objects) > _MAX_OBJECTS:
        raise _unsigned_space()
    return objects[0] if objects else None


def _covered(references: tuple[Reference, ...]) -> tuple[Reference, tuple[Reference, ...]]:
    """Split the references into the one to the whole document and the others."""
    for reference in references:
        _check_uri(reference)
    whole = [reference for reference in references if reference.is_whole_document]
    if len(whole) != 1 or whole[0].type:
        raise Untrusted(
            Code.SIGNATURE_COVERAGE,
            'The signature must cover the whole document: exactly one reference with URI="" and no Type.',
            'Chữ ký phải bao phủ toàn bộ văn bản: đúng một tham chiếu có URI="" và không có Type.',
        )
    return whole[0], tuple(reference for reference in references if reference is not whole[0])


def _check_parts(parts: tuple[Reference, ...], space: _Element | None) -> None:
    """Other references and an Object come together: which part each one names is for `xades` to bind."""
    if parts and space is None:
        raise Untrusted(
            Code.SIGNATURE_COVERAGE,
            'Beside the document (URI="") a signature may cover only its own XAdES SignedProperties and KeyInfo.',
            'Ngoài toàn bộ văn bản (URI=""), chữ ký chỉ được bao phủ SignedProperties (XAdES) và KeyInfo của chính nó.',
        )
    if space is not None and not parts:
        raise _unsigned_space()


def _check_uri(reference: Reference) -> None:
    uri = reference.uri
    if uri is not None and uri.startswith("cid:"):
        raise Untrusted(
            Code.REFERENCE_FORBIDDEN,
            "References to attachments (cid:) are not accepted; attachments travel inside the document, which is signed"
            " whole.",
            "Không chấp nhận tham chiếu đến tệp đính kèm (cid:); tệp đính kèm nằm trong văn bản và được ký cùng văn bản.",
        )
    if uri is None or (uri and not uri.startswith("#")) or uri.startswith("#xpointer("):
        shown = "a missing URI" if uri is None else repr(uri[:100])
        raise Untrusted(
            Code.REFERENCE_FORBIDDEN,
            f'The reference leads outside the document or cannot be resolved: {shown}. Use URI="".',
            f'Tham chiếu trỏ ra ngoài văn bản hoặc không xác định được: {shown}. Hãy dùng URI="".',
        )


def _unsigned_space() -> Untrusted:
    return Untrusted(
        Code.SIGNATURE_COVERAGE,
        "The signature holds an Object that it does not cover; only signed XAdES QualifyingProperties may stand there.",
        "Có nội dung bị giấu trong chữ ký mà chữ ký không bao phủ (Object); chỉ được có QualifyingProperties (XAdES) đã"
        " được ký. Hãy ký lại văn bản bằng phần mềm đúng chuẩn.",
    )


def _algorithm(element: _Element) -> str:
    """Return the Algorithm of an element that may hold nothing (a HMACOutputLength would stand inside)."""
    check_attributes(element, ("Algorithm",))
    if len(element) or text_in(element):
        what = local(element[0]) if len(element) else "text"
        raise _forbidden_algorithm(f"{element.get('Algorithm', '')} with {what}")
    return element.get("Algorithm", "")


def _forbidden_algorithm(what: str) -> Untrusted:
    shown = what[:100]
    return Untrusted(
        Code.ALGORITHM_FORBIDDEN,
        f"The algorithm is not allowed: {shown!r}. Use RSA (2048 bits or more) or ECDSA with SHA-256 or stronger.",
        f"Thuật toán không được phép: {shown!r}. Hãy dùng RSA (từ 2048 bit) hoặc ECDSA với SHA-256 trở lên.",
    )
