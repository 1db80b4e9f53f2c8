"""The entry point `axis`: the table of commands, the options that all share, and the one place where errors become words.

Commands are named by their import path and loaded when they are called, so that `axis --help` waits for nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Literal

from cyclopts import App, CycloptsError, Group, Parameter

from adapters.cli import language

USAGE = 2  #: exit code: the command line or the configuration is wrong

_HUB = Group("A hub of one's own", sort_key=1)
_EXCHANGE = Group("Exchange documents", sort_key=2)
_PROOF = Group("Sign and verify, offline", sort_key=3)
_ADMIN = Group("Administer a hub", sort_key=4)

_COMMANDS: tuple[tuple[Group, str, str, str], ...] = (
    (
        _HUB,
        "init",
        "init:init",
        "Create a hub's folder: configuration, keys, database; --demo adds agencies and systems.",
    ),
    (_HUB, "serve", "serve:serve", "Run the hub."),
    (_HUB, "migrate", "serve:migrate", "Bring the database to the form that this version needs."),
    (
        _HUB,
        "doctor",
        "doctor:doctor",
        "Check a hub's folder and surroundings; each line passes, fails or says the fix.",
    ),
    (_HUB, "backup", "backup:backup", "Write a backup of a hub, running or not."),
    (_HUB, "restore", "backup:restore", "Bring a backup back, and check all of it."),
    (_HUB, "demo", "demo.command:demo", "Exchange real signed packages on a throw-away hub and show what happened."),
    (_EXCHANGE, "compose", "compose:compose", "Write an edXML package from fields and files."),
    (_EXCHANGE, "send", "send:send", "Hand in packages and check the receipts."),
    (_EXCHANGE, "inbox", "mailbox:inbox", "Show what waits for a system, urgent first."),
    (_EXCHANGE, "fetch", "mailbox:fetch", "Write the package of a delivery into a file."),
    (_EXCHANGE, "ack", "mailbox:ack", "Say that packages arrived durably: the handover."),
    (
        _EXCHANGE,
        "reject",
        "mailbox:reject",
        "Say that a package cannot be taken (transport; a clerk's refusal is status 02).",
    ),
    (_EXCHANGE, "status", "status:status", "Report a business status (01 … 16) to the sender of a delivery."),
    (_EXCHANGE, "recall", "recall:recall", "Recall a package; says for each recipient what that did."),
    (_EXCHANGE, "track", "track:track", "Show the whole story of one document."),
    (_PROOF, "sign", "sign:sign", "Sign a package with an agency's key."),
    (_PROOF, "verify", "verify:verify", "Judge a package or a receipt by itself, with trust anchors from files."),
    (_ADMIN, "agency", "agency:app", "Agencies of the directory."),
    (_ADMIN, "system", "system:app", "Connected systems."),
    (_ADMIN, "key", "key:app", "API keys of systems and people."),
    (_ADMIN, "user", "user:app", "People with a role."),
    (_ADMIN, "package", "package:app", "Contents that must be kept."),
    (_ADMIN, "queue", "queue:app", "What waits and what is stuck."),
)


def build(called: str | None = None) -> App:
    """Return the application with every command, none of them loaded.

    The summaries are for the table of commands; the command that is `called` speaks for itself, with all its paragraphs.
    """
    app = App(
        name="axis",
        help="Axis Hub: exchange signed documents between agencies, with a signed receipt for every step.\n\n"
        "Exit codes: 0 done, 1 the answer is no, 2 usage, 3 hub not reachable.\n\n"
        "Start with `axis init var --demo`, then `axis serve --config var/axis.toml`.",
        version=_version,
        result_action="return_value",
        default_parameter=Parameter(negative=()),  # no --no-this, no --empty-that
    )
    for group, name, path, summary in _COMMANDS:
        own = {} if name == called else {"help": summary}
        app.command(f"adapters.cli.{path}", name=name, group=group, **own)

    @app.meta.default
    def launch(
        *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
        lang: Annotated[Literal["vi", "en"] | None, Parameter(help="Language of messages; default: LANG.")] = None,
        debug: Annotated[bool, Parameter(help="Show the traceback of an error.")] = False,
    ) -> object:
        language.choose(lang)
        return _run(app, tokens, is_debugging=debug)

    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; never lets a traceback out unless asked to."""
    language.choose(None)
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    names = {name for _, name, _, _ in _COMMANDS}
    app = build(next((token for token in tokens if token in names), None))
    try:
        code = app.meta(tokens, exit_on_error=False, print_error=True)
    except CycloptsError:
        return USAGE
    return code if isinstance(code, int) else 0


def _run(app: App, tokens: tuple[str, ...], *, is_debugging: bool) -> object:
    try:
        return app(tokens, exit_on_error=False, print_error=True)
    except (CycloptsError, SystemExit):
        raise
    except BaseException as error:
        if is_debugging:
            raise
        from adapters.cli.trouble import explain

        return explain(error)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("axis-hub")
    except PackageNotFoundError:
        return "unknown (not installed)"


if __name__ == "__main__":
    sys.exit(main())
