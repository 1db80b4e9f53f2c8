"""The small package that the vectors sign and the shapes that wrapping attacks give it; `{SIG}` is the signature's place."""

from tests.vectors.signatures.forge import QCVN

TRUE_SUBJECT = "Công văn thật"
EVIL_SUBJECT = "Công văn giả"


def header(subject: str = TRUE_SUBJECT, inside: str = "{SIG}") -> str:
    """Write an edXMLHeader whose last child is the signature."""
    return (
        "<edXML:edXMLHeader><edXML:MessageHeader><edXML:From><edXML:OrganId>H99.01</edXML:OrganId></edXML:From>"
        "<edXML:To><edXML:OrganId>H99.02</edXML:OrganId></edXML:To>"
        f"<edXML:Subject>{subject}</edXML:Subject></edXML:MessageHeader>{inside}</edXML:edXMLHeader>"
    )


def envelope(subject: str = TRUE_SUBJECT, inside: str = "{SIG}", attributes: str = "", after: str = "") -> str:
    """Write an edXMLEnvelope."""
    return (
        f'<edXML:edXMLEnvelope xmlns:edXML="{QCVN}" {attributes}>{header(subject, inside)}{after}</edXML:edXMLEnvelope>'
    )


def package(inside: str | None = None, attributes: str = "", before: str = "") -> str:
    """Write a whole package around an envelope."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{before}<edXML xmlns="{QCVN}" {attributes}>'
        f"{envelope() if inside is None else inside}"
        "<AttachmentEncoded>QUJDREVGR0g=</AttachmentEncoded></edXML>"
    )
