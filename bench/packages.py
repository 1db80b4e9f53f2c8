"""Signed packages of given sizes, made before anything is measured; each has a document id of its own.

The text comes from a template and not from the hub's own encoder: what is measured should not make its own input.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from string import Template

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from msgspec import Struct

from signing.keys import PrivateKey
from signing.sign import sign

#: Bytes of the decoded attachment by the name of the size. The smallest has none: it is all header and signature.
ATTACHMENT_BYTES = {"8 KB": 0, "100 KB": 100_000, "1 MB": 1_000_000, "10 MB": 10_000_000, "20 MB": 20_000_000}

_VIETNAM = timezone(timedelta(hours=7))
_TEMPLATE = Path(__file__).with_name("letter.edxml")
_RECIPIENT = """        <edXML:To>
          <edXML:OrganId>$code</edXML:OrganId>
          <edXML:OrganName>Ủy ban nhân dân huyện Mẫu, tỉnh Mẫu</edXML:OrganName>
          <edXML:OrganAdd>Số 2 đường Mẫu, phường Mẫu, tỉnh Mẫu</edXML:OrganAdd>
          <edXML:Email>vanthu@mau.example</edXML:Email>
        </edXML:To>
"""
_BODY = """    <edXML:edXMLBody>
      <edXML:edXMLManifest version="1.0">
        <edXML:Reference>
          <edXML:ContentId>cid:1</edXML:ContentId>
          <edXML:ContentType>application/pdf</edXML:ContentType>
          <edXML:Description>Công văn</edXML:Description>
          <edXML:AttachmentName>cong-van.pdf</edXML:AttachmentName>
        </edXML:Reference>
      </edXML:edXMLManifest>
    </edXML:edXMLBody>
"""
_ATTACHMENTS = """  <AttachmentEncoded>
    <Attachment>
      <ContentId>cid:1</ContentId>
      <AttachmentName>cong-van.pdf</AttachmentName>
      <Description>Công văn</Description>
      <ContentType>application/pdf</ContentType>
      <ContentTransferEncoded>$content</ContentTransferEncoded>
    </Attachment>
  </AttachmentEncoded>
"""


class Seal(Struct, frozen=True):
    """Where the key of an agency and its certificates (leaf first) lie, as PEM files."""

    key: Path
    certificates: tuple[Path, ...]


class Letter(Struct, frozen=True):
    """What differs between two documents. `mark` tells runs apart; the id is unique per sender, mark and number."""

    sender: str
    recipients: tuple[str, ...]
    mark: str
    number: int
    attachment_bytes: int = 0

    @property
    def document_id(self) -> str:
        """The id of the document, in the form of the standard."""
        return f"{self.sender},{_now():%Y/%m/%d},{self.number}/{self.mark}"


def write_letter(letter: Letter) -> bytes:
    """Return the unsigned document."""
    now = _now()
    content = base64.b64encode(_pdf(letter)).decode("ascii") if letter.attachment_bytes else ""
    text = Template(_TEMPLATE.read_text("utf-8")).substitute(
        sender=letter.sender,
        recipients="".join(Template(_RECIPIENT).substitute(code=code) for code in letter.recipients),
        document_id=letter.document_id,
        number=letter.number,
        day=f"{now:%Y/%m/%d}",
        time=f"{now:%Y/%m/%d %H:%M:%S}",
        body=_BODY if content else "",
        attachments=Template(_ATTACHMENTS).substitute(content=content) if content else "",
    )
    return text.encode()


def sign_letter(letter: Letter, seal: Seal) -> bytes:
    """Return the signed package."""
    key, chain = _load(seal)
    return sign(write_letter(letter), key, chain)


@cache
def _load(seal: Seal) -> tuple[PrivateKey, tuple[x509.Certificate, ...]]:
    """Read key and certificates once: checking an RSA key costs fifty times as much as signing with it."""
    key = load_pem_private_key(seal.key.read_bytes(), None)
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise TypeError(f"{seal.key} holds neither an RSA nor an elliptic curve key")
    chain = [one for file in seal.certificates for one in x509.load_pem_x509_certificates(file.read_bytes())]
    return key, tuple(chain)


def write_packages(folder: Path, letters: Sequence[Letter], seal: Seal) -> list[Path]:
    """Sign `letters` on all cores, write one file each, and return the files in the order of the letters."""
    folder.mkdir(parents=True, exist_ok=True)
    write = partial(_write_package, folder, seal)
    # `spawn`: the fork of a process that runs threads may hang.
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        return list(pool.map(write, letters, chunksize=16))


def _write_package(folder: Path, seal: Seal, letter: Letter) -> Path:
    file = folder / f"{letter.number:06}.edxml"
    file.write_bytes(sign_letter(letter, seal))
    return file


def _pdf(letter: Letter) -> bytes:
    magic = b"%PDF-1.7\n"
    return magic + random.Random(letter.number).randbytes(letter.attachment_bytes - len(magic))


def _now() -> datetime:
    return datetime.now(UTC).astimezone(_VIETNAM)
