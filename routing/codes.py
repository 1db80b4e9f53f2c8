"""The forms of agency identifier codes.

Real messages carry codes outside both forms (`28.22.H17`, `vxp.saas.03`): they are worth a warning on what comes in
and never a refusal; what the hub itself sends and registers is well formed. One form cannot be computed from the
other: the directory maps them by table.
"""

import re
from enum import StrEnum


class CodeForm(StrEnum):
    """Which decision a code is written by."""

    OLD = "old"  #: QCVN 102:2016, QĐ 28/2018 art. 10.2 a: `000.00.01.H37`, always 13 characters
    NEW = "new"  #: QĐ 20/2020/QĐ-TTg: `H37.01.02`, at most 35 characters


#: QĐ 20/2020/QĐ-TTg.
LONGEST_CODE = 35
#: A system's id stands in names of queues and accounts, and in addresses.
LONGEST_SYSTEM_ID = 64

_OLD = re.compile(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}")
_NEW = re.compile(r"[A-Z][0-9]{2}(?:\.[0-9A-Z]{2,3})*")
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def form_of(code: str) -> CodeForm | None:
    """Return the form that `code` strictly has, or None when it has neither."""
    if len(code) > LONGEST_CODE:
        return None
    if _NEW.fullmatch(code):
        return CodeForm.NEW
    return CodeForm.OLD if _OLD.fullmatch(code) else None


def may_name_agency(code: str) -> bool:
    """Return whether an agency may be registered under `code`: letters, digits and `. - _`; wider than both forms."""
    return len(code) <= LONGEST_CODE and _NAME.fullmatch(code) is not None


def may_name_system(system_id: str) -> bool:
    """Return whether a system may be registered under this id: letters, digits and `. - _`."""
    return len(system_id) <= LONGEST_SYSTEM_ID and _NAME.fullmatch(system_id) is not None


def is_one_line(text: str) -> bool:
    """Return whether a name, or anything else that is registered, has no control characters: PostgreSQL takes no NUL."""
    return _CONTROL.search(text) is None


def is_well_formed(code: str) -> bool:
    """Return whether `code` strictly has the old or the new form."""
    return form_of(code) is not None
