"""Python and the libraries that the hub was made for."""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from importlib import metadata

from adapters.cli.checks.finding import Finding, failed, passed, warned

_OLDEST = (3, 11)
_NAME = re.compile(r"[A-Za-z0-9._-]+")


def check() -> Iterator[Finding]:
    """Judge the interpreter, and whether every run-time library is there."""
    version = platform.python_version()
    if sys.version_info < _OLDEST:
        yield failed("python", "doctor-python-old", version=version)
    else:
        yield passed("python", "doctor-python", version=version)
    yield _libraries()


def _libraries() -> Finding:
    try:
        stated = metadata.requires("axis-hub") or []
    except metadata.PackageNotFoundError:
        return warned("libraries", "doctor-not-installed")
    names = [found.group() for each in stated if "extra ==" not in each and (found := _NAME.match(each))]
    missing = [name for name in names if not _is_installed(name)]
    if missing:
        return failed("libraries", "doctor-libraries", missing=", ".join(missing))
    return passed("libraries", "doctor-libraries-good", count=len(names))


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True
