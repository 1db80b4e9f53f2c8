"""`axis serve` and `axis migrate`: running a hub."""

from __future__ import annotations

import errno
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from adapters.cli import language
from adapters.cli.configured import Config, config_path, database_url, read_config, require_migrated
from adapters.cli.messages import say
from adapters.cli.output import print_line
from adapters.cli.ranges import Port
from adapters.cli.streams import take_every_character
from adapters.cli.trouble import UsageFault, explain
from adapters.cli.welcome import welcome, welcome_courier

if TYPE_CHECKING:
    from hub.roles import Process, ProcessRole
    from hub.settings import Settings

_MARGIN = 10.0  # seconds that a worker may take to close its files after its last request


def serve(
    *,
    config: Config = None,
    port: Port | None = None,
    workers: int = 1,
    role: Literal["all", "api", "courier", "console"] = "all",
) -> int:
    """Run the hub until SIGTERM or Ctrl-C; requests in flight are finished.

    Parameters
    ----------
    port
        Listen on this port instead of the configured one.
    workers
        Processes on one port; more than one needs PostgreSQL, and no `listen.unix_socket`.
    role
        Which part of the hub this process is: `api` answers callers, `courier` carries what was accepted and does the
        periodic work, `all` both. Parts need PostgreSQL, and at least one process of each; `courier` answers `/livez`,
        `/readyz` and `/metrics` only. `console` is not part of this release.
    """
    from adapters.http.unix_socket import SocketTaken
    from hub.roles import Process, ProcessRole

    if role == "console":
        raise UsageFault("role-console")
    settings, base_dir = read_config(config)
    url = database_url(settings, base_dir)
    _require_fit(settings, url, role, workers)
    _require_migrated(url, config_path(config))
    part = ProcessRole(role)
    if port is not None:
        settings = _on_port(settings, port, part)
    try:
        if workers == 1:
            return _run_one(settings, base_dir, Process(part))
        return _run_workers(settings, base_dir, part, workers)
    except SocketTaken as error:
        raise UsageFault("socket-taken", path=error.filename) from error
    except OSError as error:
        if error.filename or error.errno not in {errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL}:
            raise  # with a file's name it is not about the port
        address = f"{settings.listen.host}:{settings.listen.port}"
        raise UsageFault("port-taken", address=address, error=os.strerror(error.errno)) from error


def _require_fit(settings: Settings, url: str, role: str, workers: int) -> None:
    """Raise `UsageFault` when several processes are asked for that could not work together."""
    from sqlalchemy import make_url

    is_embedded = make_url(url).get_backend_name() == "sqlite"
    if role != "all" and is_embedded:
        raise UsageFault("role-embedded", role=role)
    if workers != 1 and (is_embedded or workers < 1 or settings.listen.unix_socket):
        raise UsageFault("workers-embedded")


def _run_one(settings: Settings, base_dir: Path, process: Process) -> int:
    from adapters.http.server import run
    from hub.compose import serve as serve_hub

    run(serve_hub(settings, base_dir, partial(_announce, settings, base_dir, process.role), process))
    return 0


def _run_workers(settings: Settings, base_dir: Path, role: ProcessRole, count: int) -> int:
    from adapters.cli.workers import Workers, reserved
    from adapters.http.logs import configure_logs

    configure_logs(settings.log.level)
    with reserved(settings.listen.host, settings.listen.port) as port:
        settings = _on_port(settings, port, role)
        work = partial(_run_worker, settings, base_dir, role)
        return Workers(work, count).run(settings.listen.shutdown_timeout + _MARGIN)


def _run_worker(settings: Settings, base_dir: Path, role: ProcessRole, number: int) -> int:
    from adapters.http.server import run
    from hub.compose import serve as serve_hub
    from hub.roles import Process

    language.choose(None)  # a process of its own: nothing is inherited
    take_every_character()
    announce = partial(_announce, settings, base_dir, role) if number == 0 else lambda _host, _port: None
    try:
        run(serve_hub(settings, base_dir, announce, Process(role, number)))
    except Exception as error:  # noqa: BLE001 - the outermost frame of this process, as `main` is of the other
        return explain(error)
    return 0


def _announce(settings: Settings, base_dir: Path, role: ProcessRole, host: str, port: int) -> None:
    lines = welcome(settings, base_dir, host, port) if role.answers_callers else welcome_courier(settings, host, port)
    try:
        for line in lines:
            print_line(line)
        sys.stdout.flush()  # whoever started us in the background reads it now
    except OSError:  # a full disk, a reader that has gone: the greeting is lost, as a line of the log would be
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def migrate(*, config: Config = None) -> int:
    """Bring the database to the form that this version needs; forward only, harmless to repeat."""
    from sqlalchemy import make_url

    from adapters.storage.migrate import migrate as migrate_database

    settings, base_dir = read_config(config)
    url = database_url(settings, base_dir)
    migrate_database(url)
    print_line(say("migrated", url=make_url(url).render_as_string(hide_password=True)))
    return 0


def _require_migrated(url: str, config: Path) -> None:
    """Raise `UsageFault` when the database is old.

    A server that is away or a disk that is full may be well again soon: `/readyz` says it until then.
    """
    from adapters.storage.dialects import is_missing
    from hub.trouble import Deferral

    try:
        require_migrated(url, config)
    except Deferral:
        if is_missing(url):
            raise


def _on_port(settings: Settings, port: int, role: ProcessRole) -> Settings:
    """Listen elsewhere; the hub's own address follows when it named the configured port and callers are answered there."""
    old = f":{settings.listen.port}"
    base_url = settings.hub.base_url
    if base_url.endswith(old) and role.answers_callers:
        base_url = f"{base_url.removesuffix(old)}:{port}"
    return replace(settings, listen=replace(settings.listen, port=port), hub=replace(settings.hub, base_url=base_url))
