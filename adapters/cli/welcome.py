"""What a hub says at its start to the person who started it: where it is, how to log in, what to try."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.cli.messages import say
from hub.own_address import own_url

if TYPE_CHECKING:
    from adapters.cli.credentials import Credentials
    from hub.settings import Settings


def welcome(settings: Settings, base_dir: Path, host: str, port: int) -> Iterator[str]:
    """Yield the lines; a demo hub adds its logins and commands that work as they stand."""
    from adapters.cli.credentials import read_credentials

    url = own_url(host, port)
    yield say("serve-at", code=settings.hub.code, url=url)
    yield f"  API {url}/v1 · OpenAPI {url}/openapi.yaml · {url}/readyz?verbose · {url}/metrics"
    credentials = base_dir / "credentials.json"
    if credentials.is_file():
        yield from _demo(read_credentials(credentials), url, base_dir)
    yield say("serve-stop")


def welcome_courier(settings: Settings, host: str, port: int) -> Iterator[str]:
    """Yield the lines of a process that serves no callers."""
    url = own_url(host, port)
    yield say("serve-courier", code=settings.hub.code)
    yield f"  {url}/readyz?verbose · {url}/metrics"
    yield say("serve-stop")


def _demo(credentials: Credentials, url: str, base_dir: Path) -> Iterator[str]:
    for user in credentials.users:
        yield say("serve-login", role=user.role, name=user.name, password=user.password)
    senders = [each for each in credentials.systems if each.binding == "pull"]
    if len(senders) < 2 or not senders[0].agencies or not senders[1].agencies:
        return
    sender, recipient = senders[0].agencies[0], senders[1].agencies[0]
    agency = credentials.agency(sender)
    if agency is None:
        return
    axis = _program()
    yield say("serve-try")
    yield f"    curl -H 'Authorization: Bearer {senders[0].api_key}' '{url}/v1/agencies?q=mau'"
    yield f"    {axis} compose --from {sender} --to {recipient} --subject 'V/v gửi thử' -o /tmp/thu.edxml"
    key, certificate = (_quoted(base_dir / path) for path in (agency.key, agency.certificate))
    place = _place(credentials, url, base_dir)
    yield f"    {axis} send /tmp/thu.edxml --sign {key} {certificate} {place}".rstrip()
    yield f"    {axis} inbox --as {recipient} {place}".rstrip()


def _place(credentials: Credentials, url: str, base_dir: Path) -> str:
    """Return the options that lead a command to this hub; none where commands look by themselves."""
    is_found = base_dir in {Path.cwd(), Path.cwd() / "var"}
    options = [] if url == credentials.base_url else [f"--url {url}"]
    return " ".join(options if is_found else [*options, f"--credentials {_quoted(base_dir / 'credentials.json')}"])


def _program() -> str:
    """Return how the person can call this very command from here."""
    here = Path(sys.argv[0])
    if here.name != "axis" or shutil.which("axis") == str(here):
        return "axis"
    return _quoted(here.absolute())


def _quoted(path: Path) -> str:
    relative = os.path.relpath(path)
    return shlex.quote(str(path) if relative.startswith("..") else relative)
