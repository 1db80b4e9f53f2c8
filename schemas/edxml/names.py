"""The names of edXML (QCVN 102:2016/BTTTT), misspellings included: they are the standard."""

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
XML_BLANKS = " \t\r\n"  #: what XML calls white space; str.isspace() knows more
DSIG_NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"


def qualified(name: str) -> str:
    """Return `name` in lxml's ``{namespace}local`` form."""
    return f"{{{NAMESPACE}}}{name}"


ROOT = qualified("edXML")
ENVELOPE = qualified("edXMLEnvelope")
HEADER = qualified("edXMLHeader")
MESSAGE_HEADER = qualified("MessageHeader")
TRACE_HEADER_LIST = qualified("TraceHeaderList")
BUSSINESS = qualified("Bussiness")
BODY = qualified("edXMLBody")
MANIFEST = qualified("edXMLManifest")
REFERENCE = qualified("Reference")
ATTACHMENTS = qualified("AttachmentEncoded")
ATTACHMENT = qualified("Attachment")
CONTENT = qualified("ContentTransferEncoded")
STATUS_CODE = qualified("StatusCode")
DUMMY_SIGNATURE = qualified("Signature")
DIGITAL_SIGNATURE = qualified("DigitalSignature")
SIGNATURE = f"{{{DSIG_NAMESPACE}}}Signature"
