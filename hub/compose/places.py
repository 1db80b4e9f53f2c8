"""Where the settings say that state lives, as absolute places."""

from __future__ import annotations

from pathlib import Path

from msgspec import structs
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from hub.configuration import ConfigurationError
from hub.settings import StorageSettings


def located(settings: StorageSettings, base_dir: Path) -> StorageSettings:
    """Return the storage settings with every relative path made absolute; raise `ConfigurationError` for a foreign URL."""
    try:
        url = make_url(settings.url)
    except ArgumentError as error:
        raise ConfigurationError("storage.url is no SQLAlchemy URL") from error
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise ConfigurationError("storage.url must begin with sqlite:/// or postgresql+psycopg://")
    if url.drivername.startswith("sqlite") and url.database:
        url = url.set(database=str(base_dir / url.database))
    return structs.replace(
        settings,
        url=url.render_as_string(hide_password=False),
        content_dir=base_dir / settings.content_dir,
        spool_dir=base_dir / settings.spool_dir,
        mark_file=base_dir / settings.mark_file,
    )
