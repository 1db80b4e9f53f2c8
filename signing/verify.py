"""Checking the signature of a package: the closed profile, in numbered steps.

Modelled on EN 319 132-1 level B-B, narrowed to one shape. A general verifier is asked "is this signature good"; this one
is asked "is this whole document what one registered agency signed".
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from lxml.etree import _Element
from msgspec import Struct

from signing import canonical, keyinfo, place, structure, xades
from signing.algorithms import DEFAULT_POLICY, SHA256, AlgorithmPolicy, check_signature, digest, digest_of_pieces
from signing.canonical import NO_TEXTS, Canonicalisation
from signing.certificates import Loaded, TrustAnchors
from signing.errors import FOREIGN, REVOCATION_CODES, Code, Undetermined, Unregistered, Untrusted, ended_by_verdict
from signing.place import has_signature
from signing.report import Procedure, Step
from signing.revocation import Revocation
from signing.structure import Canonicalisations, Reference, Signature

__all__ = ["RegisteredCertificate", "Registry", "Signer", "Verified", "has_signature", "verify"]

#: The names of the steps, in the order of `verify`.
STEPS = ("tree", "place", "references", "algorithms", "certificate", "revocation", "signature", "digest")


class RegisteredCertificate(Struct, frozen=True, gc=False):
    """A certificate that an agency registered for its seal; `sha256` is hexadecimal, of the DER form."""

    sha256: str
    agency_code: str
    der: bytes
    is_suspended: bool = False


class Registry(Protocol):
    """Who registered which certificate."""

    def registered(self, certificate_sha256: str) -> RegisteredCertificate | None:
        """Return the registration of the certificate with this SHA-256 (hexadecimal), or None."""
        ...


class Signer(Struct, frozen=True, gc=False):
    """Who signed: the agency that registered the certificate, and what the certificate says."""

    agency_code: str
    certificate_sha256: str
    subject: str
    issuer: str
    serial: str
    not_after: datetime


class Verified(Struct, frozen=True):
    """A package whose signature holds. `tree` is the very root whose canonical form was digested, signature detached."""

    tree: _Element
    signer: Signer
    signed_sha256: str
    report: tuple[Step, ...]


def verify(
    root: _Element,
    *,
    registry: Registry,
    anchors: TrustAnchors,
    at: datetime,
    policy: AlgorithmPolicy = DEFAULT_POLICY,
    revocation: Revocation | None = None,
    texts: Mapping[str, bytes] = NO_TEXTS,
) -> Verified:
    """Check that the whole document was signed by one registered agency.

    1. *tree*: nothing in it that two readers could see differently (comments, processing instructions, entities).
    2. *place*: exactly one ds:Signature, last child of the one edXMLHeader of the one edXMLEnvelope of the root.
    3. *references*: one SignedInfo; exactly one reference to the whole document (`URI=""`); beside it only the
       signature's own XAdES SignedProperties (bound by Type and Target) and KeyInfo; no Object else; every identifier
       once.
    4. *algorithms*: transforms, canonicalisation, digests, signature method and key strength stand on the policy's
       lists; no RetrievalMethod, KeyInfoReference or Manifest.
    5. *certificate*: exactly one certificate of KeyInfo is registered and not suspended; it is valid `at` that moment,
       made for signing, and leads to an anchor (RFC 5280).
    6. *revocation*: every certificate of the path below the anchor is shown good by evidence of that moment. "not
       configured" when none is required.
    7. *signature*: SignatureValue is the registered key's signature over the canonical SignedInfo.
    8. *digest*: every digest in that SignedInfo is the digest of what it refers to. For the document this is the
       canonical form of the tree with the signature detached, and that tree is the result: what was digested is what is
       read.

    That the signer is also the sender named in the header and the system that posted it is for the hub to hold
    together.

    Args:
        root: the root of a tree of the hardened parser (comments removed). It belongs to `verify` from now on: the
            signature is detached from it; after a refusal it is not to be used.
        registry: who registered which certificate; its own errors pass through.
        anchors: the trust anchors, with their memory of checked paths.
        at: the moment of receipt, aware.
        policy: the allowed algorithms.
        revocation: the evidence to require; None leaves revocation unchecked, and the report says so.
        texts: large texts of the document that are not in the tree, by the mark that stands for each there, in document
            order. They are digested in the place of their marks (`canonical.whole` says why that is sound).

    Raises:
        Untrusted: with the problem code, the step, and the report of all steps.
        Undetermined: the same, from step 6, when the evidence says nothing about that moment.
    """
    procedure = Procedure(STEPS)
    with ended_by_verdict(procedure):
        # 1. tree
        place.check_tree(root)
        procedure.passed()
        # 2. place
        element = place.find_signature(root)
        procedure.passed()
        # 3. references
        place.check_attributes(root)
        signature = structure.read(element)
        parts = xades.parts(signature)
        procedure.passed("the whole document" if not parts else "the whole document and its own XAdES properties")
        # 4. algorithms
        c14n = structure.check_algorithms(signature, policy)
        key_info = keyinfo.read(signature.key_info)
        certificates = [anchors.load(embedded, policy) for embedded in key_info.certificates]
        procedure.passed(signature.signature_method)
        # 5. certificate
        leaf, registration = _registered(certificates, registry)
        keyinfo.check_key_value(key_info.key_value, leaf.key)
        others = tuple(one for one in certificates if one is not leaf)
        try:
            path = anchors.check(leaf, others, at=at, policy=policy, revocation=revocation)
        except (Untrusted, Undetermined) as verdict:
            if verdict.code in REVOCATION_CODES:  # one look at the path answers steps 5 and 6
                procedure.passed(registration.agency_code)
            raise
        claimed_at = xades.check_properties(signature, leaf.embedded, key_info.certificates, at=at, policy=policy)
        procedure.passed(registration.agency_code)
        # 6. revocation
        if revocation is None:
            procedure.not_configured("no revocation source is configured")
        else:
            procedure.passed(path.shown)
        # 7. signature
        _check_value(signature, c14n.signed_info, leaf)
        procedure.passed(f"signed at {claimed_at} by its own word" if claimed_at else "")
        # 8. digest
        signed_sha256 = _check_digests(root, signature, parts, c14n, texts)
        procedure.passed(signed_sha256)
    return Verified(root, _signer(registration, leaf), signed_sha256, procedure.report())


def _registered(certificates: list[Loaded], registry: Registry) -> tuple[Loaded, RegisteredCertificate]:
    """Return the one certificate of KeyInfo that an agency registered, and its registration."""
    found = [(one, known) for one in certificates if (known := registry.registered(one.embedded.sha256)) is not None]
    if len(found) != 1:
        raise (Untrusted if found else Unregistered)(
            Code.CERTIFICATE_UNTRUSTED,
            f"KeyInfo must hold exactly one registered certificate; it holds {len(found)}. Register the certificate first.",
            f"KeyInfo phải chứa đúng một chứng thư số đã đăng ký; hiện có {len(found)}. Hãy đăng ký chứng thư trước.",
        )
    if found[0][1].is_suspended:
        raise Untrusted(
            Code.CERTIFICATE_UNTRUSTED,
            "The registration of this certificate is suspended; ask the operator of the hub.",
            "Đăng ký của chứng thư số này đang bị tạm dừng; hãy liên hệ đơn vị vận hành trục.",
        )
    return found[0]


def _check_value(signature: Signature, c14n: Canonicalisation, leaf: Loaded) -> None:
    signed = c14n.apply_to_part(signature.signed_info)
    try:
        check_signature(signature.signature_method, leaf.key, signature.value, signed)
    except FOREIGN as error:
        raise Untrusted(
            Code.SIGNATURE_INVALID,
            "The signature value does not match: SignedInfo was changed after signing, or another key signed it.",
            "Giá trị chữ ký không khớp: SignedInfo đã bị thay đổi sau khi ký hoặc được ký bằng khóa khác.",
        ) from error


def _check_digests(
    root: _Element,
    signature: Signature,
    parts: tuple[_Element, ...],
    c14n: Canonicalisations,
    texts: Mapping[str, bytes],
) -> str:
    """Check every digest, the document's last; return the SHA-256 of the document's canonical form, hexadecimal."""
    for reference, element, form in zip(signature.parts, parts, c14n.parts, strict=True):  # while still in their place
        _compare(reference, digest(reference.digest_method, form.apply_to_part(element)))
    place.detach(signature.element)
    method = signature.document.digest_method
    data = c14n.document.apply(root)
    value = digest_of_pieces(method, canonical.whole(data, texts))
    _compare(signature.document, value)
    return (value if method == SHA256 else digest_of_pieces(SHA256, canonical.whole(data, texts))).hex()


def _compare(reference: Reference, value: bytes) -> None:
    if not hmac.compare_digest(reference.digest, value):
        raise Untrusted(
            Code.SIGNATURE_INVALID,
            "The document was changed after it was signed: its digest is another one than the signature says.",
            "Văn bản đã bị thay đổi sau khi ký: giá trị băm không khớp với chữ ký.",
        )


def _signer(registration: RegisteredCertificate, leaf: Loaded) -> Signer:
    return Signer(
        agency_code=registration.agency_code,
        certificate_sha256=leaf.facts.sha256,
        subject=leaf.facts.subject,
        issuer=leaf.facts.issuer,
        serial=leaf.facts.serial,
        not_after=leaf.facts.not_after,
    )
