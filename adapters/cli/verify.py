"""`axis verify`: judge a file by itself, offline."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from adapters.cli.credentials import HubOptions
from adapters.cli.kinds import FileKind, recognise
from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json, print_line, print_table
from adapters.cli.trouble import UsageFault
from adapters.cli.verdicts import Verdict, VerdictKind


def verify(
    file: Path | None = None,
    *,
    trust: Annotated[tuple[Path, ...], Parameter(consume_multiple=True)] = (),
    crl: tuple[Path, ...] = (),
    at: str | None = None,
    lab_allow_sha1: bool = False,
    as_json: AsJson = False,
) -> int:
    """Judge a package or a receipt: every step of the check, and one verdict. Needs no hub.

    A package is judged with the certificate that it carries: whether that certificate leads to an anchor, and whether the
    whole document was signed by it. That it is the one which the agency registered is for the hub to know.

    Parameters
    ----------
    file
        A package (edXML) or a receipt (JWS, or JSON that carries one).
    trust
        Root certificates, PEM; default: the one that the credentials file of a demo hub names. Authorities below a root,
        in the same files, only help to find the way to it.
    crl
        A complete revocation list, DER or PEM; may be repeated, one for every authority on the path. With any, every
        certificate below the root must be shown good by them; without, revocation is not looked into, and the steps say so.
    at
        Judge as of this time, such as 2026-11-20T08:00:00Z; default: packages now, receipts at their own time.
    lab_allow_sha1
        Accept SHA-1, to judge historical files. Means nothing for present documents.
    """
    from adapters.cli import verdicts
    from adapters.cli.receipts import anchors_for, required_by

    if file is None:  # `--trust` has taken every name behind it; the last one is the file to judge
        if len(trust) < 2:
            raise UsageFault("file-needed")
        trust, file = trust[:-1], trust[-1]
    data, kind = recognise(file)
    if kind not in {FileKind.PACKAGE, FileKind.RECEIPT}:
        raise UsageFault("unsupported-proof", path=file, kind=kind.value)
    anchors = anchors_for(HubOptions(), trust)
    if anchors is None:
        raise UsageFault("no-trust")
    moment = _moment(at) if at else None
    revocation = required_by(crl)
    if lab_allow_sha1:
        print(say("lab-sha1"), file=sys.stderr)
    if kind is FileKind.RECEIPT:
        verdict = verdicts.of_receipt(data, anchors, moment, revocation)
    else:
        verdict = verdicts.of_package(
            data, anchors, moment or datetime.now(UTC), allow_sha1=lab_allow_sha1, revocation=revocation
        )
    if as_json:
        print_json(verdict.as_json())
    else:
        _show(file, verdict)
    return 0 if verdict.verdict is VerdictKind.VALID else 1


def _show(file: Path, verdict: Verdict) -> None:
    print_line(f"{file}: {say(f'verdict-{verdict.verdict}')}{f' ({verdict.code})' if verdict.code else ''}")
    if verdict.sentence:
        print_line(f"  {verdict.sentence}")
    for name, value in (verdict.signer or {}).items():
        print_line(f"  {name}: {value}")
    if verdict.steps:
        print_table(("STEP", "NAME", "RESULT", "DETAIL"), ((s.step, s.name, s.result, s.detail) for s in verdict.steps))
    if verdict.receipt is not None:
        print_json(verdict.receipt)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(
            UTC
        )  # without a zone it is local time, as clocks on the wall are
    except (ValueError, OverflowError) as error:  # the first and last hours of the calendar have no UTC
        raise UsageFault("bad-time", value=text) from error
