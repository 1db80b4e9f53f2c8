"""The table of codes in `docs/vxp.md`, made from the code: `python -m adapters.vxp.code_table` writes it into the page."""

from __future__ import annotations

from pathlib import Path

from adapters.vxp.codes import MEANINGS, code_of_problem
from hub.problems import CATALOGUE

BEGIN, END = "<!-- codes: made by python -m adapters.vxp.code_table -->\n", "<!-- /codes -->"

_PAGE = Path("docs/vxp.md")


def code_table() -> str:
    """Return the table as Markdown."""
    problems = sorted(CATALOGUE.values(), key=lambda each: each.code)
    rows = (
        f"| {code} | {meaning} | {', '.join(f'`{each.code}`' for each in problems if code_of_problem(each) == code)} |"
        for code, meaning in MEANINGS.items()
    )
    head = "| code | meaning | problems |\n|---|---|---|\n"
    locked = "\n`recipient-unknown` is 23 when the recipients that cannot be reached are suspended ones.\n\n"
    return head + "\n".join(rows) + "\n" + locked


def page_with_table(page: str) -> str:
    """Return the page with the table as it must be."""
    start, end = page.index(BEGIN) + len(BEGIN), page.index(END)
    return page[:start] + "\n" + code_table() + page[end:]


if __name__ == "__main__":
    _PAGE.write_text(page_with_table(_PAGE.read_text("utf-8")), encoding="utf-8")
