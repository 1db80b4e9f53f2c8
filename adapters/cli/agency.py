"""`axis agency`: the directory of agencies, in the store directly."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter
from msgspec.structs import replace

from adapters.cli.agency_requests import app as requests
from adapters.cli.configured import Config, open_store
from adapters.cli.messages import say
from adapters.cli.output import AsJson, print_json, print_line, print_table
from adapters.cli.ranges import AgencyCode
from adapters.cli.trouble import CommandFailed

if TYPE_CHECKING:
    from adapters.storage.opening import Storage
    from routing.values import Agency

app = App(name="agency", help="Agencies of the directory.", result_action="return_value")
app.command(requests)


@app.command(name="list")
async def list_(
    *,
    search: Annotated[str | None, Parameter(name=("--search", "-q"))] = None,
    parent: str | None = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """List agencies.

    Parameters
    ----------
    search
        Part of a name or code, with or without Vietnamese marks.
    parent
        Only those directly below this code.
    """
    from routing.directory import Directory

    async with open_store(config) as storage:
        register = await storage.registers.load_register()
    directory = Directory.build(register.systems, register.agencies, version=register.version)
    found = directory.search(search, parent, None, max(1, len(register.agencies)))
    if as_json:
        print_json(found)
    else:
        headings = ("CODE", "NAME", "PARENT", "SYSTEM", "OLD CODES", "SUSPENDED")
        print_table(
            headings, ((a.code, a.name, a.parent, a.system_id, ", ".join(a.old_codes), a.is_suspended) for a in found)
        )
    return 0


@app.command
async def show(code: str, *, config: Config = None, as_json: AsJson = False) -> int:
    """Show one agency with its certificates.

    Parameters
    ----------
    code
        Present or former code.
    """
    from cryptography import x509

    from routing.directory import Directory
    from signing.keys import facts

    async with open_store(config) as storage:
        register = await storage.registers.load_register()
    agency = Directory.build(register.systems, register.agencies, version=register.version).agency(code)
    if agency is None:
        raise CommandFailed("unknown", what=code)
    registered = [each for each in register.certificates if each.agency_code == agency.code]
    certificates = [(facts(x509.load_der_x509_certificate(each.der)), each.is_suspended) for each in registered]
    if as_json:
        shown = [{"certificate": found, "is_suspended": suspended} for found, suspended in certificates]
        print_json({"agency": agency, "certificates": shown})
        return 0
    rows = {name: getattr(agency, name) for name in agency.__struct_fields__}
    print_table(("", ""), {**rows, "old_codes": ", ".join(agency.old_codes)}.items())
    print_table(
        ("SHA-256", "SUBJECT", "KEY", "VALID UNTIL", "SUSPENDED"),
        ((found.sha256, found.subject, found.key, found.not_after, suspended) for found, suspended in certificates),
    )
    return 0


@app.command
async def add(
    code: AgencyCode,
    *,
    name: str,
    system: str | None = None,
    parent: AgencyCode | None = None,
    old_code: Annotated[tuple[AgencyCode, ...], Parameter(consume_multiple=True)] = (),
    valid_from: date | None = None,
    valid_to: date | None = None,
    config: Config = None,
) -> int:
    """Add an agency.

    Parameters
    ----------
    code
        Its identifier code.
    name
        Its name.
    system
        The connected system that acts for it.
    parent
        Code of the body above it, which the directory has.
    old_code
        Former codes that still mean it.
    valid_from
        First day as a recipient.
    valid_to
        Last day as a recipient.
    """
    from routing.values import Agency

    agency = Agency(code, name, parent, system, old_code, valid_from, valid_to)
    async with open_store(config) as storage:
        await storage.registers.add_agency(agency)
    print_line(say("added", what=code))
    return 0


@app.command
async def change(
    code: str,
    *,
    name: str | None = None,
    system: str | None = None,
    parent: AgencyCode | None = None,
    old_code: Annotated[tuple[AgencyCode, ...] | None, Parameter(consume_multiple=True)] = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    config: Config = None,
) -> int:
    """Change what is given of an agency; the rest stays.

    Parameters
    ----------
    code
        Its identifier code.
    name
        A new name.
    system
        The connected system that acts for it from now on.
    parent
        Code of the body above it, which the directory has.
    old_code
        Former codes; they replace those known.
    valid_from
        First day as a recipient.
    valid_to
        Last day as a recipient.
    """
    given = {
        "name": name,
        "system_id": system,
        "parent": parent,
        "old_codes": old_code,
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
    async with open_store(config) as storage:
        agency = await _agency(storage, code)
        changes = {field: value for field, value in given.items() if value is not None}
        await storage.registers.update_agency(replace(agency, **changes))
    print_line(say("changed", what=code))
    return 0


@app.command
async def suspend(code: str, *, config: Config = None) -> int:
    """Suspend an agency: it neither sends nor receives until it is resumed.

    Parameters
    ----------
    code
        Code of the agency.
    """
    return await _set_suspended(code, config, is_suspended=True)


@app.command
async def resume(code: str, *, config: Config = None) -> int:
    """Let a suspended agency take part again.

    Parameters
    ----------
    code
        Code of the agency.
    """
    return await _set_suspended(code, config, is_suspended=False)


@app.command
async def certify(code: str, certificate: Path, *, config: Config = None) -> int:
    """Register an agency's certificate: packages that it signs with it are believed, if it leads to an anchor.

    Parameters
    ----------
    code
        Code of the agency.
    certificate
        PEM file; the first certificate in it is registered.
    """
    from adapters.trust.files import read_certificates
    from signing.keys import der_of, fingerprint
    from signing.verify import RegisteredCertificate

    leaf = read_certificates(certificate)[0]
    entry = RegisteredCertificate(fingerprint(leaf), code, der_of(leaf))
    async with open_store(config) as storage:
        await storage.registers.add_certificate(entry)
    print_line(say("added", what=entry.sha256))
    return 0


@app.command
async def revoke(sha256: str, *, config: Config = None) -> int:
    """Stop believing a registered certificate.

    Parameters
    ----------
    sha256
        Its SHA-256 (hex), as `axis agency show` prints it.
    """
    async with open_store(config) as storage:
        await storage.registers.suspend_certificate(sha256)
    print_line(say("changed", what=sha256))
    return 0


@app.command(name="import")
async def import_(file: Path, *, config: Config = None) -> int:
    """Add or replace many agencies from CSV (UTF-8), all or none: code,name,parent,system,old_codes,valid_from,valid_to.

    Parameters
    ----------
    file
        The first line names the columns; former codes are separated by blanks. What is not named stays as it is: agencies,
        and of those in the file the columns that it leaves out, and whether they are suspended.
    """
    from adapters.cli.agency_csv import read_agencies

    async with open_store(config) as storage:
        register = await storage.registers.load_register()
        agencies = read_agencies(file, {each.code: each for each in register.agencies})
        await storage.registers.import_entries(agencies=agencies)
    print_line(say("imported", count=len(agencies)))
    return 0


async def _set_suspended(code: str, config: Path | None, *, is_suspended: bool) -> int:
    async with open_store(config) as storage:
        await storage.registers.suspend_agency(code, is_suspended=is_suspended)
    print_line(say("changed", what=code))
    return 0


async def _agency(storage: Storage, code: str) -> Agency:
    register = await storage.registers.load_register()
    found = next((each for each in register.agencies if each.code == code), None)
    if found is None:
        raise CommandFailed("unknown", what=code)
    return found
