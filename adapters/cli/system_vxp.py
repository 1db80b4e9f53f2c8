"""`axis system vxp`: on what terms a system may use the national SDK's protocol, beyond its secret."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Annotated

from cyclopts import Parameter

from adapters.cli.configured import Config, open_store
from adapters.cli.output import AsJson, print_json, print_table
from adapters.cli.ranges import SystemId
from adapters.cli.trouble import CommandFailed, UsageFault


async def vxp(
    id: SystemId,
    *,
    network: Annotated[list[str] | None, Parameter(name="--from")] = None,
    anywhere: bool = False,
    certificate: Annotated[bool | None, Parameter(negative="--no-certificate")] = None,
    enrol: Annotated[bool | None, Parameter(negative="--no-enrol")] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Show a system's terms for the national SDK's protocol, or change those that are given.

    Parameters
    ----------
    network
        Address or network (CIDR) that it may call from; may be given several times and replaces earlier ones.
    anywhere
        Let it call from anywhere again.
    certificate
        Whether it must also present its client certificate (`axis system certificate add`).
    enrol
        Whether it may ask for agencies to be registered and deleted.
    """
    from hub.shared_secrets import VxpTerms

    networks = None if network is None else tuple(map(_checked, network))
    async with open_store(config) as storage:
        register = await storage.registers.load_register()
        if all(each.id != id for each in register.systems):
            raise CommandFailed("unknown", what=id)
        old = register.vxp_terms.get(id, VxpTerms())
        terms = VxpTerms(
            networks=() if anywhere else old.networks if networks is None else networks,
            needs_certificate=old.needs_certificate if certificate is None else certificate,
            may_enrol=old.may_enrol if enrol is None else enrol,
        )
        if terms != old:
            await storage.registers.set_vxp_terms(id, terms)
    if as_json:
        print_json(terms)
    else:
        rows = (
            ("networks", ", ".join(terms.networks)),
            ("needs_certificate", terms.needs_certificate),
            ("may_enrol", terms.may_enrol),
        )
        print_table(("", ""), rows)
    return 0


def _checked(text: str) -> str:
    try:
        return str(ip_network(text))
    except ValueError:
        raise UsageFault("vxp-bad-network", network=text) from None
