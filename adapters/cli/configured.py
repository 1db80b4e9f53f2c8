"""Commands that work on a hub's own folder: its configuration, and its store opened directly."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from adapters.storage.opening import Storage
    from hub.settings import Settings

_PLACES = (Path("axis.toml"), Path("var/axis.toml"))

Config = Annotated[Path | None, Parameter(help="axis.toml of the hub; default ./axis.toml or ./var/axis.toml.")]


def config_path(given: Path | None) -> Path:
    """Return the configuration file to use; the first default when there is none, whose absence is then explained."""
    return given or next((each for each in _PLACES if each.is_file()), _PLACES[0])


def read_config(given: Path | None) -> tuple[Settings, Path]:
    """Return the settings and the folder that relative paths start at; raise `ConfigurationError`."""
    from hub.configuration import load

    return load(config_path(given))


def database_url(settings: Settings, base_dir: Path) -> str:
    """Return the database's URL with its path made absolute."""
    from hub.compose import located

    return located(settings.storage, base_dir).url


@asynccontextmanager
async def open_store(given: Path | None) -> AsyncIterator[Storage]:
    """Open the store of a hub, running or not; raise `UsageFault` when its database is not up to date."""
    from adapters.storage.opening import open_storage
    from hub.compose import located

    settings, base_dir = read_config(given)
    storage = located(settings.storage, base_dir)
    require_migrated(storage.url, config_path(given))
    async with open_storage(storage, inline_bytes=settings.intake.inline_bytes) as opened:
        yield opened


def require_migrated(url: str, config: Path) -> None:
    """Raise `UsageFault` when the database is not that of this version."""
    from adapters.cli.trouble import UsageFault
    from adapters.storage.migrate import is_current

    if not is_current(url):
        raise UsageFault("not-migrated", config=config)
