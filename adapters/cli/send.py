"""`axis send`: hand packages in, sign them on the way if asked, and check the receipts that come back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from msgspec import Struct

from adapters.cli.credentials import HubOptions
from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json, print_line
from adapters.cli.trouble import NO, CommandFailed, explain

if TYPE_CHECKING:
    from adapters.client.values import Submitted


class _Sent(Struct, frozen=True, kw_only=True):
    """What came of one file, for --json."""

    file: str
    package: object | None = None
    is_replay: bool = False
    is_receipt_good: bool | None = None
    problem: object | None = None


async def send(
    file: Path,
    /,
    *files: Path,
    hub: HubOptions | None = None,
    sign: Annotated[
        tuple[Path, Path] | None, Parameter(help="Sign with this private key and certificate: --sign KEY CERT.")
    ] = None,
    trust: Annotated[tuple[Path, ...], Parameter(consume_multiple=True)] = (),
    as_json: AsJson = False,
) -> int:
    """Hand in packages and check the receipts. Repeated on a lost connection with the same bytes; harmless.

    Parameters
    ----------
    file
        An edXML package.
    files
        More of them.
    trust
        Root certificates (PEM) to check receipts with; default: the one that the credentials file names.
    """
    from adapters.cli.receipts import anchors_for, verdict
    from adapters.client import ProblemError

    hub = hub or HubOptions()
    anchors = anchors_for(hub, trust)
    results: list[_Sent] = []
    exit_code = 0
    for number, each in enumerate((file, *files), 1):
        progress = f"[{number}/{1 + len(files)}] " if files else ""
        try:
            submitted = await _send(hub, each, sign)
        except Exception as error:  # noqa: BLE001 - the next file is sent all the same
            if not as_json:
                print_line(
                    progress + say("sent-refused" if isinstance(error, ProblemError) else "sent-failed", file=each)
                )
            exit_code = max(exit_code, explain(error))
            results.append(_Sent(file=str(each), problem=getattr(error, "problem", str(error))))
            continue
        is_good, sentence = verdict(submitted.package.receipt, anchors)
        exit_code = max(exit_code, NO if is_good is False else 0)
        results.append(
            _Sent(file=str(each), package=submitted.package, is_replay=submitted.is_replay, is_receipt_good=is_good)
        )
        if not as_json:
            _show(progress, each, submitted, sentence)
    if as_json:
        print_json(results)
    return exit_code


async def _send(hub: HubOptions, file: Path, sign: tuple[Path, Path] | None) -> Submitted:
    data, sender = _read(file, sign)
    if sender is None and not hub.has_key:
        raise CommandFailed("no-sender", file=file)
    async with hub.connect(acting=sender) as client:
        return await client.submit(data)


def _read(file: Path, sign: tuple[Path, Path] | None) -> tuple[bytes, str | None]:
    """Return the package, signed if asked for, and whom it is from: whose key to use when the command does not say."""
    from adapters.cli.sign import signed
    from schemas.errors import Malformed
    from schemas.parser import parse

    data = file.read_bytes()
    try:
        sender = (parse(data).findtext(".//{*}MessageHeader/{*}From/{*}OrganId") or "").strip()
    except Malformed:  # the hub says better what is wrong with it
        return data, None
    return (data if sign is None else signed(data, *sign)), sender or None


def _show(progress: str, file: Path, submitted: Submitted, sentence: str) -> None:
    key = "sent-again" if submitted.is_replay else "sent"
    print_line(progress + say(key, file=file, package=submitted.package.id))
    for delivery in submitted.package.deliveries:
        print_line(say("sent-recipient", recipient=delivery.recipient, state=delivery.state))
    print_line(sentence)
