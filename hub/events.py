"""What can happen to a package or a delivery.

Names are those of ETSI EN 319 522-3 V1.2.1 table 2, verbatim; the standard has none for a recall, a withdrawal, a business
status or an expiry, so these are ours. `Queuing` and `Redrive` are steps inside the hub: they move a delivery but prove
nothing to anybody, so they carry no receipt. Nor do `Processing` and `ProcessingFailure`, a recipient's word on the way to
the handover: they move nothing.
"""

from enum import StrEnum


class Event(StrEnum):
    """One kind of fact. The value is what receipts, lists and queries show."""

    SUBMISSION_ACCEPTANCE = "SubmissionAcceptance"
    SUBMISSION_REJECTION = "SubmissionRejection"
    RELAY_ACCEPTANCE = "RelayAcceptance"
    RELAY_REJECTION = "RelayRejection"
    RELAY_FAILURE = "RelayFailure"
    CONTENT_CONSIGNMENT = "ContentConsignment"
    CONTENT_CONSIGNMENT_FAILURE = "ContentConsignmentFailure"
    CONTENT_HANDOVER = "ContentHandover"
    CONTENT_HANDOVER_FAILURE = "ContentHandoverFailure"
    RECALL = "Recall"
    WITHDRAWAL = "Withdrawal"
    BUSINESS_STATUS = "BusinessStatus"
    EXPIRY = "Expiry"
    QUEUING = "Queuing"
    REDRIVE = "Redrive"
    PROCESSING = "Processing"
    PROCESSING_FAILURE = "ProcessingFailure"


#: They prove nothing to anybody.
UNRECEIPTED = frozenset({Event.QUEUING, Event.REDRIVE, Event.PROCESSING, Event.PROCESSING_FAILURE})
