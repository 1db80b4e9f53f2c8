"""Every error that can reach the terminal, in words and with its exit code."""

from __future__ import annotations

import sys

from adapters.cli.language import current
from adapters.cli.messages import say

NO, USAGE, UNREACHABLE, INTERRUPTED = 1, 2, 3, 130


class CommandFailed(Exception):
    """A command cannot go on; the message comes from the catalogue."""

    def __init__(self, key: str, *, exit_code: int = NO, **facts: object) -> None:
        super().__init__(say(key, **facts))
        self.exit_code = exit_code


class UsageFault(CommandFailed):
    """The command line asks for something that cannot be done so."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key, exit_code=USAGE, **facts)


def explain(error: BaseException) -> int:
    """Print what an error means to the person at the terminal; return the exit code."""
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):  # the reader of our output has left: `axis … | head`
        sys.stderr.close()
        return NO
    if isinstance(error, CommandFailed):
        return _print(str(error), error.exit_code)
    if isinstance(error, UnicodeEncodeError) and _is_foreign(error.object[error.start]):
        return _print(say("not-utf8"), USAGE)
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        return _print(f"{name}{error.strerror or error}", USAGE)
    return _explain_foreign(error)


def _explain_foreign(error: BaseException) -> int:
    from adapters.client import ClientError
    from hub.configuration import ConfigurationError
    from hub.trouble import Trouble

    if isinstance(error, ClientError):
        return _explain_client(error)
    if isinstance(error, Trouble):
        return _explain_trouble(error)
    if isinstance(error, ConfigurationError):
        return _print(str(error), USAGE)
    return _explain_register(error)


def _explain_client(error: Exception) -> int:
    from adapters.client import HubUnreachable, ProblemError, UnexpectedAnswer

    if isinstance(error, ProblemError):
        problem = error.problem
        lines = [problem.detail or problem.title or problem.code]
        lines += [f"  {each.path}{_line(each.line)}: {each.message}" for each in problem.errors]
        lines += [problem.fix] if problem.fix else []
        trace = f", trace {problem.trace_id}" if problem.trace_id else ""
        return _print("\n".join([*lines, f"({problem.code}{trace})"]), NO)
    if isinstance(error, HubUnreachable):
        return _print(f"{error}\n{say('hub-unreachable')}", UNREACHABLE)
    if isinstance(error, UnexpectedAnswer):
        return _print(str(error), UNREACHABLE)
    return _print(str(error), NO)


def _line(number: int | None) -> str:
    return "" if number is None else f" ({number})"


def _explain_trouble(error: Exception) -> int:
    from hub.register import ROLLBACK
    from hub.trouble import Deferral, Trouble

    assert isinstance(error, Trouble)  # noqa: S101 - for the type checker; the caller has looked
    detail = error.detail_vi if current() == "vi" else error.detail
    if error.code == ROLLBACK:  # starting again would say the same
        return _print(f"{detail} ({error.code})", USAGE)
    return _print(f"{detail or error.code} ({error.code})", UNREACHABLE if isinstance(error, Deferral) else NO)


def _is_foreign(character: str) -> bool:
    """Whether this is how Python holds a byte of an argument that is no UTF-8 (PEP 383)."""
    return "\udc80" <= character <= "\udcff"


def _explain_register(error: BaseException) -> int:
    from adapters.storage.register_changes import AlreadyRegistered, Circular, NotRegistered

    if isinstance(error, AlreadyRegistered):
        return _print(say("already-there", what=error), NO)
    if isinstance(error, NotRegistered):
        return _print(say("unknown", what=error), NO)
    if isinstance(error, Circular):
        return _print(say("circular", what=error), NO)
    return _explain_leaf(error)


def _explain_leaf(error: BaseException) -> int:
    from adapters.trust import TrustFault
    from schemas.errors import Malformed
    from signing.errors import Undetermined, Untrusted
    from signing.keys import KeyUnreadable
    from signing.sign import Unsignable

    if isinstance(error, TrustFault):
        return _print(f"{error.what(current())}\n{error.fix(current())}", USAGE)
    if isinstance(error, (Untrusted, Undetermined)):
        return _print(f"{error.detail_vi if current() == 'vi' else error.detail_en} ({error.code})", NO)
    if isinstance(error, Malformed):
        sentences = (each.vi if current() == "vi" else each.en for each in error.violations)
        return _print("\n".join([*sentences, f"({error.code})"]), NO)
    if isinstance(error, Unsignable):
        return _print(error.vi if current() == "vi" else str(error), NO)
    if isinstance(error, KeyUnreadable):
        return _print(str(error), USAGE)
    return _print(say("unexpected", kind=type(error).__name__, error=error), NO)


def _print(text: str, exit_code: int) -> int:
    print(text, file=sys.stderr)
    return exit_code
