"""`axis init`: create the folder of a hub."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from adapters.cli.messages import say
from adapters.cli.output import print_line
from adapters.cli.ranges import Port
from adapters.cli.system_amqp import print_commands
from adapters.cli.trouble import UsageFault

_LONGEST_HUB_CODE = 20  #: it stands in names of certificates and backups


async def init(
    folder: Annotated[Path, Parameter(name="DIR")],
    *,
    demo: bool = False,
    hub_code: str = "H99",
    port: Port = 8080,
    webhook_port: Port = 9099,
    database_url: str | None = None,
    broker_url: str = "",
    management_url: str = "",
) -> int:
    """Create a hub's folder: `axis.toml` with every setting, `pki/`, `data/` with a migrated database.

    Overwrites nothing. Without --demo the hub gets a key of its own and a request to have it certified; systems and
    agencies are then enrolled with `axis system`, `axis agency` and `axis key`.

    Parameters
    ----------
    folder
        Folder to create or fill.
    demo
        Add a development authority, agencies with keys, systems, people, and credentials.json with every secret.
    hub_code
        Agency code of the hub.
    port
        Port that the hub will listen on.
    webhook_port
        Port of 127.0.0.1 where the demo's webhook receiver is expected.
    database_url
        An empty PostgreSQL database: postgresql+psycopg://user:password@host/name. Default: SQLite in the folder.
    broker_url
        RabbitMQ: amqp://user:password@host/vhost. Default: a table of the database is the queue.
    management_url
        RabbitMQ's management API, http://user:password@host:15672: accounts of amqp systems are made there.
    """
    from adapters.cli.founding import Plan, found
    from routing.codes import CodeForm, form_of

    if form_of(hub_code) is not CodeForm.NEW or len(hub_code) > _LONGEST_HUB_CODE:
        raise UsageFault("bad-hub-code", code=hub_code)
    plan = Plan(
        folder=folder,
        hub_code=hub_code,
        port=port,
        webhook_port=webhook_port,
        is_demo=demo,
        database_url=database_url,
        broker_url=broker_url,
        management_url=management_url,
    )
    left = await found(plan)
    print_line(say("init-done", code=hub_code, path=folder))
    if demo:
        print_line(say("init-demo", path=folder / "credentials.json"))
    else:
        pki = folder / "pki"
        print_line(say("init-enrol", csr=pki / "hub.csr.pem", certificate=pki / "hub.cert.pem"))
        print_line(say("init-enrol-systems"))
    for account in left:
        print_commands(account)
    print_line(say("init-serve", path=folder / "axis.toml"))
    return 0
