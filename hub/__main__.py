"""`python -m hub serve` and `python -m hub health`: the two commands that a container needs.

Everything else is the command line's (`axis`), which people use.
"""

from __future__ import annotations

import sys
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path

from hub.configuration import ConfigurationError, load
from hub.own_address import own_url

_USAGE = "usage: python -m hub serve|health [CONFIG]"
_LIMIT = 3.0


def main(arguments: list[str]) -> int:
    """Run one command; return its exit code (0 done, 1 the answer is no, 2 usage, 3 hub not reachable)."""
    command, config = (arguments[0] if arguments else ""), Path(arguments[1] if len(arguments) > 1 else "axis.toml")
    try:
        settings, base_dir = load(config)
    except ConfigurationError as error:
        return _say(str(error), 2)
    if command == "serve":
        from adapters.http.server import run  # noqa: PLC0415 - a health check must not load the whole hub
        from hub.compose import serve  # noqa: PLC0415

        run(serve(settings, base_dir))
        return 0
    if command == "health":
        return _health(own_url(settings.listen.host, settings.listen.port) + "/readyz")
    return _say(_USAGE, 2)


def _health(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=_LIMIT) as answer:  # noqa: S310 - http to our own listener
            return 0 if answer.status == 200 else 1
    except urllib.error.HTTPError as error:
        return _say(f"not ready: {error.code}", 1)
    except (OSError, HTTPException) as error:
        return _say(f"not reachable: {error}", 3)


def _say(message: str, code: int) -> int:
    sys.stderr.write(f"{message}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
