"""Problems as answers."""

from datetime import timedelta

import msgspec
import pytest
from aiohttp.test_utils import make_mocked_request

from adapters.http.context import TRACE_ID
from adapters.http.problems import problem_answer
from adapters.http.views import Problem
from hub.problems import CATALOGUE
from hub.trouble import Defect, Deferral, Fault, Refusal

FAULT = Fault(path="/edXML/Subject", line=7, rule="required", vi="Thiếu trích yếu.", en="The subject is missing.")


def answer(trouble, language=None):
    request = make_mocked_request("POST", "/v1/packages?x=1", headers={"Accept-Language": language} if language else {})
    request[TRACE_ID] = "t" * 32
    return problem_answer(trouble, request)


def problem(trouble, language=None):
    return msgspec.json.decode(answer(trouble, language).body, type=Problem)


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_code(code):
    """Every code answers with the status and type of its row."""
    shown = problem(Refusal(code))
    assert (shown.type, shown.status) == (f"urn:axis:problem:{code}", CATALOGUE[code].status)


def test_members():
    """A problem says which request it is about: path without query, and trace id."""
    shown = problem(Refusal("schema-invalid"))
    assert (shown.instance, shown.trace_id) == ("/v1/packages", "t" * 32)


def test_language():
    """Texts are Vietnamese unless English is preferred."""
    refusal = Refusal("schema-invalid", detail="In English.", detail_vi="Tiếng Việt.", faults=(FAULT,))
    assert (problem(refusal).detail, problem(refusal).errors[0].message) == ("Tiếng Việt.", "Thiếu trích yếu.")
    assert (problem(refusal, "en").detail, problem(refusal, "en").title) == (
        "In English.",
        "The package breaks the schema",
    )


def test_faults():
    """Every fault is shown with its path and line."""
    (error,) = problem(Refusal("schema-invalid", faults=(FAULT,))).errors
    assert (error.path, error.line, error.rule) == ("/edXML/Subject", 7, "required")


@pytest.mark.parametrize("kind", [Defect, Deferral])
def test_nothing_internal(kind):
    """What a defect or a deferral knows of the inside is not shown."""
    code = "defect" if kind is Defect else "storage-unavailable"
    assert b"/var/lib" not in answer(kind(code, detail="cannot open /var/lib/axis.db")).body


def test_unknown_code():
    """A code without a row is a defect of ours."""
    assert problem(Refusal("no-such-code")).status == 500


def test_retry_after():
    """Only what may succeed later says when, in whole seconds rounded up."""
    assert answer(Deferral("overloaded", retry_after=timedelta(seconds=2.1))).headers["Retry-After"] == "3"
    assert "Retry-After" not in answer(Refusal("schema-invalid")).headers


def test_challenge():
    """401 says how to authenticate (RFC 9110 section 11.6.1)."""
    assert answer(Refusal("authentication-failed")).headers["WWW-Authenticate"].startswith("Bearer")
