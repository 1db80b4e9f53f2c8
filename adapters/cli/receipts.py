"""Receipts judged at the terminal, offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.language import current
from adapters.cli.messages import say
from adapters.cli.output import shown
from adapters.cli.trouble import UsageFault

if TYPE_CHECKING:
    from adapters.cli.credentials import HubOptions
    from signing.certificates import TrustAnchors
    from signing.revocation import Revocation


def read_anchors(paths: tuple[Path, ...]) -> TrustAnchors | None:
    """Read trust anchors from PEM files; None when there are none.

    An authority that another one certified is not believed by being in the file: it helps to find the way to a root.

    Raises:
        UsageFault: the files hold such authorities only.
        TrustFault: a file cannot be read.
    """
    from adapters.trust.files import read_certificates
    from signing.certificates import TrustAnchors
    from signing.keys import is_intermediate

    certificates = [certificate for path in paths for certificate in read_certificates(path)]
    believed = [each for each in certificates if not is_intermediate(each)]
    if certificates and not believed:
        raise UsageFault("trust-without-root", paths=", ".join(map(str, paths)))
    return TrustAnchors(believed, intermediates=filter(is_intermediate, certificates)) if believed else None


def anchors_for(hub: HubOptions, trust: tuple[Path, ...]) -> TrustAnchors | None:
    """Return the anchors given by --trust, else those that the credentials file names."""
    if not trust and (found := hub.found_credentials()) is not None:
        trust = (found[1] / found[0].hub.trust,)
    return read_anchors(trust)


def required_by(lists: tuple[Path, ...]) -> Revocation | None:
    """Require what these CRLs say; None without any. Raises `UsageFault` for one that cannot be used."""
    from signing.revocation import Revocation, RevocationEvidence
    from signing.revocation_reading import RevocationUnreadable, read_crl

    read = []
    for path in lists:
        try:
            read.append(read_crl(path.read_bytes()))
        except (OSError, RevocationUnreadable) as error:
            raise UsageFault("bad-crl", path=path, error=error) from error
    return Revocation.required(RevocationEvidence.of(read)) if read else None


def verdict(sealed: str, anchors: TrustAnchors | None) -> tuple[bool | None, str]:
    """Check a receipt; return whether it holds (None: not checked) and a sentence."""
    from signing.errors import Undetermined, Untrusted
    from signing.receipt import open_receipt

    if anchors is None:
        return None, say("receipt-unchecked")
    try:
        receipt = open_receipt(sealed, anchors=anchors).receipt
    except (Untrusted, Undetermined) as error:
        return False, say("receipt-bad", reason=error.detail_vi if current() == "vi" else error.detail_en)
    return True, say("receipt-good", event=receipt.event, hub=receipt.hub, at=shown(receipt.at))
