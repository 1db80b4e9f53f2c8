"""The tools of others that must agree with us: xmlsec1 as a program, signxml as a library."""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import signxml
from cryptography import x509
from signxml.algorithms import DigestAlgorithm, SignatureMethod

from tests.vectors.signatures.forge import c14n, parse

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


def signxml_reads(data: bytes, certificate: x509.Certificate, at: datetime) -> bytes:
    """Let signxml verify a package at a moment and return the canonical content that it read; raises when it refuses."""
    count = len(parse(data).findall(f".//{{{DS}}}Reference"))
    config = signxml.verifier.SignatureConfiguration(
        expect_references=count,
        location="./{*}edXMLEnvelope/{*}edXMLHeader/",
        verification_time=at,
        signature_methods=frozenset(SignatureMethod),
        digest_algorithms=frozenset(DigestAlgorithm),
    )
    results = signxml.XMLVerifier().verify(data, x509_cert=certificate, expect_config=config)
    return c14n((results if count == 1 else results[0]).signed_xml)
