"""The parts that documents and statuses are made of.

Texts are exactly what the element holds, blanks at the ends included, except where the national SDK trims too (everything in
Organization, StatusCode, the time of a status). None stands for an absent element and for an empty one.
"""

from msgspec import Struct

from schemas.edxml.times import WrittenDate


class Organization(Struct, frozen=True, gc=False):
    """A body that sends or receives; `agency_code` routes, the rest is for people."""

    agency_code: str
    superior: str | None = None  #: OrganizationInCharge
    name: str | None = None
    address: str | None = None
    email: str | None = None
    telephone: str | None = None
    fax: str | None = None
    website: str | None = None


class Staff(Struct, frozen=True, gc=False):
    """The clerk who did it."""

    department: str | None = None
    department_id: str | None = None
    name: str | None = None
    staff_id: str | None = None
    email: str | None = None
    mobile: str | None = None


class ResponseFor(Struct, frozen=True):
    """The earlier document that this one answers, recalls or replaces, or that a status is about."""

    agency_code: str | None = None  #: documents: who issued it; statuses: whom the status is addressed to
    notation: str | None = None  #: Code, number and notation in one: 125/BC-SM
    document_id: str | None = None
    promulgated: WrittenDate | None = None
