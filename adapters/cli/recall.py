"""`axis recall`: take a package back where it was not handed over yet, ask for it where it was."""

from __future__ import annotations

from adapters.cli.credentials import HubOptions
from adapters.cli.output import AsJson, print_json, print_table


async def recall(package: str, *, reason: str, hub: HubOptions | None = None, as_json: AsJson = False) -> int:
    """Recall a package. Each recipient: `withdrawn` (it never got it) or `asked` (it has it; a status 13 travels).

    Parameters
    ----------
    package
        Id of the package.
    reason
        Why; the recipients see it.
    """
    async with (hub or HubOptions()).connect() as client:
        outcomes = await client.recall(package, reason)
    if as_json:
        print_json(outcomes)
    else:
        print_table(("RECIPIENT", "OUTCOME", "DELIVERY"), ((o.recipient, o.outcome, o.delivery) for o in outcomes))
    return 0
