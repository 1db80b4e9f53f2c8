"""The page `docs/errors.md`, made from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from hub.problems import CATALOGUE, Problem

_HEAD = """\
# Errors

Every error answer of the API is an `application/problem+json` object (RFC 9457):

```json
{"type": "urn:axis:problem:schema-invalid", "title": "…", "status": 422, "detail": "…", "fix": "…",
 "instance": "/v1/packages", "trace_id": "…", "errors": [{"path": "…", "line": 12, "rule": "…", "message": "…"}]}
```

* `type` ends in one of the codes below; programs should decide by it, never by the texts.
* `title`, `detail`, `fix` and `errors[].message` are Vietnamese, or English when `Accept-Language` prefers it.
* `trace_id` finds the request in the hub's log; it is also the answer's `Trace-Id` header.
* A refused submission is recorded and receipted: `refusal_id` finds it in `GET /v1/refusals`, `receipt` is the receipt.
* "Again" says whether the very same request may succeed later; such answers carry `Retry-After`.

*This page is made from the code: `python -m hub.problems > docs/errors.md`.*

| code | status | again | title |
|---|---|---|---|
"""


def errors_page() -> str:
    """Return the page as Markdown."""
    rows = "".join(map(_line, CATALOGUE.values()))
    return _HEAD + rows + "".join(map(_section, CATALOGUE.values()))


def _line(problem: Problem) -> str:
    again = "yes" if problem.is_retryable else "no"
    return f"| [{problem.code}](#{problem.code}) | {problem.status} | {again} | {problem.title.en} |\n"


def _section(problem: Problem) -> str:
    return "".join(_lines_of(problem))


def _lines_of(problem: Problem) -> Iterator[str]:
    yield f"\n## {problem.code}\n\n"
    yield f"**{problem.status}** · {problem.title.en} · *{problem.title.vi}*\n\n"
    yield f"* Why: {problem.cause.en} *{problem.cause.vi}*\n"
    yield f"* What to do: {problem.fix.en} *{problem.fix.vi}*\n"
    yield f"* Example: `{problem.example}`\n"
