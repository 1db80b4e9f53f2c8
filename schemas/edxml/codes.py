"""The code lists of edXML that the exchange acts on."""

from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """What a package is: told by the presence of StatusCode, there is no element that says so."""

    DOCUMENT = "document"
    STATUS = "status"


class Business(StrEnum):
    """BussinessDocType: what a document means to an earlier one."""

    NEW = "new"  #: 0, or no Bussiness at all
    RECALL = "recall"  #: 1
    UPDATE = "update"  #: 2
    REPLACE = "replace"  #: 3


BUSINESS_BY_DIGIT = {"0": Business.NEW, "1": Business.RECALL, "2": Business.UPDATE, "3": Business.REPLACE}
DIGIT_BY_BUSINESS = {business: digit for digit, business in BUSINESS_BY_DIGIT.items()}


class StatusCode(StrEnum):
    """The recipient's own word about its work on a document; 13 is the sender's."""

    ARRIVED = "01"
    REFUSED = "02"
    ACCEPTED = "03"
    ASSIGNED = "04"
    IN_PROGRESS = "05"
    FINISHED = "06"
    RECALL_ASKED = "13"
    AGREED = "15"  #: to a recall, update or replacement; one client writes 14, which is read as 15 and never written
    DISAGREED = "16"


SYNONYMS = {"14": StatusCode.AGREED}


class Urgency(IntEnum):
    """Priority: 0 normal, 1 khẩn, 2 thượng khẩn, 3 hỏa tốc, 4 (legacy) hỏa tốc hẹn giờ."""

    NORMAL = 0
    URGENT = 1
    VERY_URGENT = 2
    EXPRESS = 3
    EXPRESS_TIMED = 4
