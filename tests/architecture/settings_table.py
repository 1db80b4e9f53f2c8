"""The table of settings in `docs/configuration.md`, made from the settings and their comments.

`python -m tests.architecture.settings_table` writes it into the page.
"""

from collections.abc import Iterator
from inspect import getdoc
from pathlib import Path

from msgspec import Struct, structs

from adapters.cli.setting_comments import COMMENTS
from adapters.cli.template import literal
from hub.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"
BEGIN = "<!-- settings: made by python -m tests.architecture.settings_table -->"
END = "<!-- end of settings -->"


def table() -> str:
    """One table per section, in the order of `axis.toml`."""
    return "\n".join(_sections("", Settings()))


def page_with_table(page: str) -> str:
    """The page with what stands between the marks replaced; raise `ValueError` when a mark is missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE.name} lacks its marks")
    return f"{before}{BEGIN}\n\n{table()}\n{END}{after}"


def _sections(prefix: str, section: Struct) -> Iterator[str]:
    inner = {field.name: getattr(section, field.name) for field in structs.fields(section)}
    plain = {name: value for name, value in inner.items() if not isinstance(value, Struct)}
    if plain:
        yield f"### [{prefix}]\n\n{getdoc(type(section))}\n\n| setting | default | meaning |\n|---|---|---|"
        yield from (
            f"| `{name}` | `{literal(value)}` | {COMMENTS[f'{prefix}.{name}']} |" for name, value in plain.items()
        )
        yield ""
    for name, value in inner.items():
        if isinstance(value, Struct):
            yield from _sections(f"{prefix}.{name}".lstrip("."), value)


if __name__ == "__main__":
    PAGE.write_text(page_with_table(PAGE.read_text("utf-8")), "utf-8")
