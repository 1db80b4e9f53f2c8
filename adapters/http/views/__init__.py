"""What the API shows, shape by shape. Names are those of the component schemas in `openapi.yaml`."""

from __future__ import annotations

from adapters.http.views.agencies import Agencies, Agency
from adapters.http.views.deliveries import Concluded, Inbox, InboxItem
from adapters.http.views.events import (
    FeedItem,
    FeedPage,
    Receipt,
    ReceiptItem,
    ReceiptPackage,
    Receipts,
    Timeline,
    TimelineEvent,
)
from adapters.http.views.health import Check, Liveness, Readiness
from adapters.http.views.packages import (
    Attachment,
    Delivery,
    Note,
    Package,
    Packages,
    Recall,
    RecallOutcome,
    Recipient,
    Report,
    Signature,
    Step,
)
from adapters.http.views.terms import Reason
from adapters.http.views.trouble import Problem, ProblemError, Refusals, RefusedSubmission

__all__ = [
    "Agencies",
    "Agency",
    "Attachment",
    "Check",
    "Concluded",
    "Delivery",
    "FeedItem",
    "FeedPage",
    "Inbox",
    "InboxItem",
    "Liveness",
    "Note",
    "Package",
    "Packages",
    "Problem",
    "ProblemError",
    "Readiness",
    "Reason",
    "Recall",
    "RecallOutcome",
    "Receipt",
    "ReceiptItem",
    "ReceiptPackage",
    "Receipts",
    "Recipient",
    "Refusals",
    "RefusedSubmission",
    "Report",
    "Signature",
    "Step",
    "Timeline",
    "TimelineEvent",
]
