"""Help pages in Vietnamese.

Docstrings of the commands are the English help; `cyclopts` lays both out. What stands here is a catalogue in the manner of
gettext: a paragraph of English, its Vietnamese. The formatter looks every paragraph up at the moment of printing, so that
commands know nothing of languages and nothing of this is loaded before someone reads Vietnamese help.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from adapters.cli.vietnamese.administration import ADMINISTRATION
from adapters.cli.vietnamese.exchange import EXCHANGE
from adapters.cli.vietnamese.own_hub import OWN_HUB

#: English paragraph, its white space made single blanks -> Vietnamese
CATALOGUE: Mapping[str, str] = MappingProxyType({**OWN_HUB, **EXCHANGE, **ADMINISTRATION})


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a help text as the catalogue has them."""
    return [" ".join(each.split()) for each in text.split("\n\n") if each.strip()]


def vietnamese(text: str) -> str:
    """Return a help text in Vietnamese; what the catalogue does not have stays as it is."""
    return "\n\n".join(CATALOGUE.get(each, each) for each in paragraphs(text))
