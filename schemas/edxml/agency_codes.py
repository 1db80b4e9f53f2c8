"""The two official forms of an agency code; real messages carry others, so these are for telling, not for refusing."""

import re

_OLD = re.compile(r"[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Z][0-9]{2}")  # QCVN 102:2016, level 4 first: 000.00.00.G22
_NEW = re.compile(r"[A-Z][0-9]{2}(\.[0-9A-Z]{2,3})*")  # QĐ 20/2020, level 1 first: H37.01.02


def has_official_form(code: str) -> bool:
    """Tell whether `code` is written as QCVN 102:2016 or QĐ 20/2020 say."""
    return _NEW.fullmatch(code) is not None or _OLD.fullmatch(code) is not None
