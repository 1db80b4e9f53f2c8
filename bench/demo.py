"""The demo hub that every run gets a copy of, and the two agencies that exchange packages on it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from msgspec import Struct

from bench.packages import Seal


class Party(Struct, frozen=True):
    """An agency with its seal, and the API key of its system."""

    code: str
    api_key: str
    seal: Seal


class Demo(Struct, frozen=True):
    """A demo hub as `axis init --demo` made it, never started. Both parties' systems ask (pull); the sender's seal is RSA."""

    folder: Path
    sender: Party
    recipient: Party

    @property
    def hub_certificate(self) -> Path:
        """The certificate under which receipts are signed."""
        return self.folder / "pki/hub.cert.pem"

    @classmethod
    def create(cls, folder: Path, *options: str) -> Demo:
        """Make one in `folder`, which does not exist yet; `options` of `axis init` name its database and broker."""
        command = [sys.executable, "-m", "adapters.cli", "init", str(folder), "--demo", *options]
        subprocess.run(command, check=True, capture_output=True)
        return cls.of(folder)

    @classmethod
    def of(cls, folder: Path) -> Demo:
        """Choose the parties of a demo hub."""
        said = json.loads((folder / "credentials.json").read_text("utf-8"))
        keys = {system["id"]: system["api_key"] for system in said["systems"] if system["binding"] == "pull"}
        parties = [
            (agency["system"], _party(folder, agency, keys[agency["system"]]))
            for agency in said["agencies"]
            if agency["system"] in keys and not agency.get("is_suspended")
        ]
        system_id, sender = next(each for each in parties if _is_rsa(each[1].seal))
        recipient = next(party for other, party in parties if other != system_id)
        return cls(folder, sender, recipient)


def _party(folder: Path, agency: Mapping[str, Any], api_key: str) -> Party:
    own = folder / agency["certificate"]
    has_chain = len(x509.load_pem_x509_certificates(own.read_bytes())) > 1
    certificates = (own,) if has_chain else (own, folder / "pki/sub.cert.pem")
    return Party(agency["code"], api_key, Seal(folder / agency["key"], certificates))


def _is_rsa(seal: Seal) -> bool:
    certificate = x509.load_pem_x509_certificates(seal.certificates[0].read_bytes())[0]
    return isinstance(certificate.public_key(), rsa.RSAPublicKey)
