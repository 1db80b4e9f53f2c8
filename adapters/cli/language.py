"""In which language the command line speaks."""

from __future__ import annotations

import os
from contextvars import ContextVar

LANGUAGES = ("vi", "en")
_chosen: ContextVar[str] = ContextVar("language", default="en")


def choose(name: str | None) -> None:
    """Speak `name`; with None what the environment asks for (LC_ALL, LC_MESSAGES, LANG), else English."""
    _chosen.set(name or _of_environment())


def current() -> str:
    """Return `vi` or `en`."""
    return _chosen.get()


def _of_environment() -> str:
    wish = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "vi" if wish.lower().startswith("vi") else "en"
