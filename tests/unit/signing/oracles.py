"""The tools of others that must agree with us: xmlsec1, and keys written where it can read them."""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path

DS = "http://www.w3.org/2000/09/xmldsig#"


def xmlsec1(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run xmlsec1; its absence is a failure, never a skip."""
    program = shutil.which("xmlsec1")
    assert program, "xmlsec1 is missing: apt-get install xmlsec1"
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def xmlsec1_verifies(path: Path, root: Path, at: datetime) -> bool:
    """Ask xmlsec1 whether a file verifies under an anchor at a moment."""
    done = xmlsec1(
        "--verify",
        *("--trusted-pem", str(root), "--enabled-key-data", "x509"),
        *("--verification-gmt-time", f"{at:%Y-%m-%d %H:%M:%S}"),
        *("--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"),
        *("--id-attr:Id", f"{DS}:KeyInfo"),
        str(path),
    )
    return done.returncode == 0
