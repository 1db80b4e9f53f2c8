"""`axis system certificate`: TLS client certificates that speak for a system, in the store directly."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cyclopts import App

from adapters.cli.configured import Config, open_store
from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json, print_line, print_table
from adapters.cli.ranges import SystemId

app = App(name="certificate", help="TLS client certificates of systems.", result_action="return_value")


@app.command
async def add(id: SystemId, certificate: Path, *, config: Config = None) -> int:
    """Bind a client certificate to a system; several may overlap, so that they can be renewed without a break.

    Parameters
    ----------
    certificate
        PEM file; the first certificate in it is bound.
    """
    from adapters.trust.files import read_certificates
    from hub.accounts import SystemCertificate
    from signing.keys import facts

    known = facts(read_certificates(certificate)[0])
    entry = SystemCertificate(
        sha256=known.sha256,
        system_id=id,
        subject=known.subject,
        not_before=known.not_before,
        not_after=known.not_after,
        added_at=datetime.now(UTC),
    )
    async with open_store(config) as storage:
        await storage.registers.add_system_certificate(entry)
    print_line(say("added", what=entry.sha256))
    return 0


@app.command(name="list")
async def list_(*, system: str | None = None, config: Config = None, as_json: AsJson = False) -> int:
    """List client certificates with the time when each was last seen, to about a minute.

    Parameters
    ----------
    system
        Only those of this system.
    """
    async with open_store(config) as storage:
        register = await storage.registers.load_register()
        uses = await storage.registers.credential_uses()
    found = [each for each in register.system_certificates if system in {None, each.system_id}]
    if as_json:
        names = found[0].__struct_fields__ if found else ()
        print_json([{**{name: getattr(c, name) for name in names}, "last_used_at": uses.get(c.sha256)} for c in found])
    else:
        headings = ("SYSTEM", "SHA-256", "SUBJECT", "FROM", "UNTIL", "LAST USED")
        rows = ((c.system_id, c.sha256, c.subject, c.not_before, c.not_after, uses.get(c.sha256)) for c in found)
        print_table(headings, rows)
    return 0


@app.command
async def remove(sha256: str, *, config: Config = None) -> int:
    """Take a client certificate from its system: it is refused from the next second on.

    Parameters
    ----------
    sha256
        Its SHA-256 (hex), as the list prints it.
    """
    async with open_store(config) as storage:
        await storage.registers.remove_system_certificate(sha256)
    print_line(say("removed", what=sha256))
    return 0
