"""Every element of edXML beside the value that holds it, in the order of the national SDK (Bussiness order included)."""

from operator import methodcaller

from schemas.edxml.codes import BUSINESS_BY_DIGIT, DIGIT_BY_BUSINESS, SYNONYMS, StatusCode
from schemas.edxml.document import (
    BusinessInfo,
    Change,
    Code,
    DocumentEnvelope,
    DocumentType,
    OtherInfo,
    Promulgation,
    Receiver,
    Replaced,
    SignerInfo,
    TraceHeader,
)
from schemas.edxml.names import XML_BLANKS
from schemas.edxml.parts import Organization, ResponseFor, Staff
from schemas.edxml.shape import Field, Leaf, ListOf, Shape
from schemas.edxml.status import StatusEnvelope
from schemas.edxml.times import read_date, read_time


def _read_status_code(text: str) -> StatusCode:
    code = text.strip()
    return SYNONYMS.get(code) or StatusCode(code)


TEXT = Leaf()
TRIMMED = Leaf(read=methodcaller("strip", XML_BLANKS))
NUMBER = Leaf(read=int)
DATE = Leaf(read=read_date, write=lambda written: written.text)
TIME = Leaf(read=read_time, write=lambda written: written.text)
TRIMMED_TIME = Leaf(read=lambda text: read_time(text.strip()), write=lambda written: written.text)
FLAG = Leaf(read=lambda text: text.strip() == "1", write=lambda flag: "1" if flag else "0")
TRUTH = Leaf(read=lambda text: text.strip() == "true", write=lambda flag: "true" if flag else "false")
BUSINESS = Leaf(read=lambda text: BUSINESS_BY_DIGIT[text.strip()], write=DIGIT_BY_BUSINESS.__getitem__)
STATUS_CODE = Leaf(read=_read_status_code)

ORGANIZATION = Shape(
    Organization,
    Field("OrganId", "agency_code", TRIMMED),
    Field("OrganizationInCharge", "superior", TRIMMED),
    Field("OrganName", "name", TRIMMED),
    Field("OrganAdd", "address", TRIMMED),
    Field("Email", "email", TRIMMED),
    Field("Telephone", "telephone", TRIMMED),
    Field("Fax", "fax", TRIMMED),
    Field("Website", "website", TRIMMED),
)
STAFF = Shape(
    Staff,
    Field("Department", "department", TEXT),
    Field("DepartmentId", "department_id", TEXT),
    Field("Staff", "name", TEXT),
    Field("StaffId", "staff_id", TEXT),
    Field("Email", "email", TEXT),
    Field("Mobile", "mobile", TEXT),
)
RESPONSE_FOR = Shape(
    ResponseFor,
    Field("OrganId", "agency_code", TRIMMED),
    Field("Code", "notation", TEXT),
    Field("DocumentId", "document_id", TEXT),
    Field("PromulgationDate", "promulgated", DATE),
)

DOCUMENT = Shape(
    DocumentEnvelope,
    Field("From", "issuer", ORGANIZATION),
    Field("To", "addressees", ORGANIZATION, is_repeated=True),
    Field("DocumentId", "given_document_id", TEXT),
    Field("Code", "code", Shape(Code, Field("CodeNumber", "number", TEXT), Field("CodeNotation", "notation", TEXT))),
    Field(
        "PromulgationInfo",
        "promulgation",
        Shape(Promulgation, Field("Place", "place", TEXT), Field("PromulgationDate", "issued", DATE)),
    ),
    Field(
        "DocumentType",
        "document_type",
        Shape(
            DocumentType,
            Field("Type", "type", NUMBER),
            Field("TypeDetail", "detail", NUMBER),
            Field("TypeName", "name", TEXT),
        ),
    ),
    Field("Subject", "subject", TEXT),
    Field("Content", "content", TEXT),
    Field(
        "SignerInfo",
        "signer",
        Shape(
            SignerInfo,
            Field("Competence", "competence", TEXT),
            Field("Position", "position", TEXT),
            Field("FullName", "full_name", TEXT),
        ),
    ),
    Field("DueDate", "due", DATE),
    Field(
        "OtherInfo",
        "other",
        Shape(
            OtherInfo,
            Field("Priority", "priority", NUMBER),
            Field("SphereOfPromulgation", "sphere", TEXT),
            Field("TyperNotation", "typist", TEXT),
            Field("PromulgationAmount", "copies", NUMBER),
            Field("PageAmount", "pages", NUMBER),
            Field("ReplyFors", "reply_fors", TEXT),
            Field("Direction", "direction", TRUTH),
            Field("ReferenceCodes", "reference_codes", TEXT),
            Field("Appendixes", "appendixes", ListOf("Appendix", TEXT)),
        ),
    ),
    Field("ResponseFor", "responses", RESPONSE_FOR, is_repeated=True),
    Field("SteeringType", "steering_type", NUMBER),
    Field("ResponseForTask", "task_codes", ListOf("TaskCode", TEXT)),
    Field("ApplicationType", "application_type", TEXT),
    Field("ToPlaces", "to_places", ListOf("Place", TEXT)),
)

BUSSINESS = Shape(
    BusinessInfo,
    Field("DocumentId", "document_id", TEXT),
    Field("BussinessDocType", "business", BUSINESS),
    Field("BussinessDocReason", "reason", TEXT),
    Field("Paper", "has_paper", FLAG),
    Field(
        "BussinessDocumentInfo",
        "changes",
        Shape(
            Change,
            Field("DocumentInfo", "is_data_changed", FLAG),
            Field("DocumentReceiver", "is_receivers_changed", FLAG),
            Field(
                "ReceiverList",
                "receivers",
                ListOf(
                    "Receiver",
                    Shape(Receiver, Field("OrganId", "agency_code", TRIMMED), Field("ReceiverType", "is_added", FLAG)),
                ),
            ),
        ),
        is_repeated=True,
    ),
    Field(
        "ReplacementInfoList",
        "replaced",
        ListOf(
            "ReplacementInfo",
            Shape(
                Replaced,
                Field("DocumentId", "document_id", TEXT),
                Field("OrganIdList", "agency_codes", ListOf("OrganId", TRIMMED)),
            ),
        ),
    ),
    Field("StaffInfo", "staff", STAFF, is_repeated=True),
)

#: Bussiness before TraceHeader: that is how the national SDK writes them
TRACE_HEADER_LIST = Shape(
    dict,
    Field("Bussiness", "business_info", BUSSINESS),
    Field("Paper", "has_list_paper", FLAG),
    Field(
        "TraceHeader",
        "trace",
        Shape(TraceHeader, Field("OrganId", "agency_code", TEXT), Field("Timestamp", "stamped", TIME)),
        is_repeated=True,
    ),
)

STATUS = Shape(
    StatusEnvelope,
    Field("From", "reporter", ORGANIZATION),
    Field("ResponseFor", "response", RESPONSE_FOR),
    Field("StaffInfo", "staff", STAFF),
    Field("StatusCode", "status_code", STATUS_CODE),
    Field("Description", "description", TEXT),
    Field("Timestamp", "stamped", TRIMMED_TIME),
)

#: read into the keyword arguments of `attachments.Part`
REFERENCE = Shape(
    dict,
    Field("ContentId", "content_id", TEXT),
    Field("ContentType", "declared_type", TEXT),
    Field("Description", "description", TEXT),
    Field("AttachmentName", "name", TEXT),
)
ATTACHMENT = Shape(
    dict,
    Field("ContentId", "content_id", TEXT),
    Field("AttachmentName", "name", TEXT),
    Field("Description", "description", TEXT),
    Field("FieldName", "field_name", TEXT),
    Field("MimeType", "mime_type", TEXT),
    Field("Format", "format", TEXT),
    Field("ContentType", "declared_type", TEXT),
)
