"""How help pages are laid out in Vietnamese; in English `cyclopts` does it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cyclopts.help import DefaultFormatter, InlineText
from cyclopts.help.specs import DefaultStyled, get_default_parameter_columns

from adapters.cli.vietnamese import vietnamese

if TYPE_CHECKING:
    from cyclopts.help import ColumnSpec, HelpEntry, HelpPanel
    from rich.console import Console, ConsoleOptions


class VietnameseHelp(DefaultFormatter):
    """Prints every sentence of a help page in Vietnamese; names of options and values stay."""

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        """Print one panel: its title, and its entries with their remarks."""
        entries = [entry.copy(description=_spoken(entry.description)) for entry in panel.entries]
        layout = DefaultFormatter(column_specs=_columns if panel.format == "parameter" else None)
        layout(console, options, panel.copy(title=vietnamese(str(panel.title)), entries=entries))

    def render_usage(self, console: Console, options: ConsoleOptions, usage: Any) -> None:  # noqa: ARG002
        """Print the line that shows how the command is called."""
        from rich.text import Text

        console.print(DefaultStyled(Text("Cách dùng: ", style="cyclopts.usage") + usage))

    def render_description(self, console: Console, options: ConsoleOptions, description: Any) -> None:
        """Print what the command does."""
        super().render_description(console, options, _spoken(description))


def _columns(console: Console, options: ConsoleOptions, entries: list[HelpEntry]) -> tuple[ColumnSpec, ...]:
    *others, description = get_default_parameter_columns(console, options, entries)
    return (*others, description.copy(renderer=_described))


def _described(entry: HelpEntry) -> Any:
    """Return an entry's sentence with its remarks, in the order that `cyclopts` gives them."""
    from rich.text import Text

    remarks = (
        ("choices", f"một trong: {', '.join(entry.choices)}" if entry.choices else None),
        ("default", f"mặc định: {entry.default}" if entry.default is not None else None),
        ("required", "bắt buộc" if entry.required else None),
    )
    for style, remark in remarks:
        if remark is not None:
            entry.description.append(Text(f"[{remark}]", f"cyclopts.{style}"))
    return entry.description


def _spoken(text: Any) -> Any:
    """Return a text in Vietnamese: `cyclopts` hands over Markdown that it has made of the docstring."""
    from rich.markdown import Markdown

    if isinstance(text, InlineText) and isinstance(text.primary_renderable, Markdown):
        return InlineText.from_format(
            vietnamese(text.primary_renderable.markup), format="markdown", force_empty_end=text.force_empty_end
        )
    return text
