"""The entry point `axis`: the options that all commands share, and the one place where errors become words."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, CycloptsError, Group, Parameter

from adapters.cli import language
from adapters.cli.commands import COMMANDS, Words
from adapters.cli.streams import take_every_character

if TYPE_CHECKING:
    from cyclopts.help.protocols import HelpFormatter

USAGE = 2  #: exit code: the command line or the configuration is wrong

_ABOUT = (
    (
        "Axis Hub: trao đổi văn bản ký số giữa các cơ quan, mỗi bước đều có biên nhận được ký.\n\n"
        "Mã kết thúc: 0 xong, 1 câu trả lời là không, 2 sai cách dùng, 3 không kết nối được với trục.\n\n"
        "Bắt đầu bằng `axis init var --demo`, rồi `axis serve --config var/axis.toml`."
    ),
    (
        "Axis Hub: exchange signed documents between agencies, with a signed receipt for every step.\n\n"
        "Exit codes: 0 done, 1 the answer is no, 2 usage, 3 hub not reachable.\n\n"
        "Start with `axis init var --demo`, then `axis serve --config var/axis.toml`."
    ),
)


def build(called: str | None = None) -> App:
    """Return the application with every command, none of them loaded.

    The summaries are for the table of commands; the command that is `called` speaks for itself, with all its paragraphs.
    """
    app = App(
        name="axis",
        help=_spoken(_ABOUT),
        version=_version,
        help_formatter=_layout(),
        result_action="return_value",
        default_parameter=Parameter(negative=()),  # no --no-this, no --empty-that
    )
    groups: dict[Words, Group] = {}
    for each in COMMANDS:
        group = groups.setdefault(each.group, Group(_spoken(each.group), sort_key=len(groups)))
        own = {} if each.name == called else {"help": _spoken(each.summary)}
        app.command(f"adapters.cli.{each.path}", name=each.name, group=group, **own)

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
    take_every_character()
    tokens = list(sys.argv[1:] if arguments is None else arguments)
    language.choose(_wished(tokens))
    names = {each.name for each in COMMANDS}
    app = build(next((token for token in tokens if token in names), None))
    try:
        code = app.meta(tokens, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        from adapters.cli.output import printable
        from adapters.cli.usage import usage_of

        print(printable(usage_of(error)), file=sys.stderr)
        return USAGE
    return code if isinstance(code, int) else 0


def _wished(tokens: Sequence[str]) -> str | None:
    """Return the language that the command line names: help is written before options are read."""
    for option, value in zip(tokens, [*tokens[1:], ""], strict=True):
        wish = value if option == "--lang" else option.removeprefix("--lang=")
        if wish != option and wish in language.LANGUAGES:
            return wish
    return None


def _layout() -> HelpFormatter | None:
    if language.current() == "en":
        return None
    from adapters.cli.help import VietnameseHelp

    return VietnameseHelp()


def _spoken(words: Words) -> str:
    return words[0] if language.current() == "vi" else words[1]


def _run(app: App, tokens: tuple[str, ...], *, is_debugging: bool) -> object:
    try:
        return app(tokens, exit_on_error=False, print_error=False)
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
