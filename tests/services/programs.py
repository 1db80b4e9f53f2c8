"""Where the programs of test services lie, and the sentence for whoever lacks them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

#: Debian keeps servers' programs outside an ordinary user's PATH.
_FOLDERS = ("/usr/sbin", *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)))


class MissingProgram(AssertionError):
    """A program that tests need is not installed; the tests fail and say what to install."""


def program(name: str, package: str) -> str:
    """Return the path of a program; raise `MissingProgram` naming the Debian package that has it."""
    found = shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *_FOLDERS)))
    if found is None:
        raise MissingProgram(
            f"{name} is not installed; run: sudo apt-get install {package} (as root .ci/install-test-packages does it)"
        )
    return found
