"""How far a long command has come, on standard error, for a person who waits."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(*, is_quiet: bool) -> Iterator[Callable[[str, int], None]]:
    """Give a function that is told what is being done and how much more of it is done; a terminal shows one line for each."""
    if is_quiet or not sys.stderr.isatty():
        yield lambda _what, _more: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        tasks: dict[str, TaskID] = {}

        def told(what: str, more: int) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(what, total=None)
            shown.advance(tasks[what], more)

        yield told
