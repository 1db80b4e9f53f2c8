"""The catalogue of problems: every code that an answer of the hub can carry, once.

A trouble (`hub.trouble`) names its row by `code`; the row says which HTTP status it has, whether trying again helps, and,
in Vietnamese and English, what happened and what to do. The HTTP answers, the page `docs/errors.md` (made by
`python -m hub.problems`) and the console all come from these rows. The rows stand in four modules by what they are about:
`message` (the XML and its attachments), `proof` (signatures and certificates), `exchange` (identity, routing, repetition)
and `service` (the HTTP edge and the hub's own state).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from hub.problems.exchange import EXCHANGE
from hub.problems.message import MESSAGE
from hub.problems.proof import PROOF
from hub.problems.row import NAMESPACE, Problem, Words
from hub.problems.service import SERVICE

CATALOGUE: Mapping[str, Problem] = MappingProxyType(
    {problem.code: problem for problem in (*MESSAGE, *PROOF, *EXCHANGE, *SERVICE)}
)

__all__ = ["CATALOGUE", "NAMESPACE", "Problem", "Words"]
