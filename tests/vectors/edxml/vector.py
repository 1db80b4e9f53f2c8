"""One official sample with one change, and what must come of it."""

from pathlib import Path

from msgspec import Struct

from tests.vectors.edxml.edits import Edit

HERE = Path(__file__).parent
DOCUMENT = "document_update"
STATUS = "status_03_accepted"

#: characters that a text may have
LONGEST = {
    "CodeNumber": 11,
    "CodeNotation": 30,
    "Place": 50,
    "TypeName": 100,
    "Subject": 500,
    "Content": 500,
    "Position": 100,
    "FullName": 50,
    "SphereOfPromulgation": 100,
    "TyperNotation": 10,
    "OrganName": 200,
    "OrganizationInCharge": 500,
    "OrganAdd": 500,
    "Email": 100,
    "Telephone": 20,
    "Fax": 20,
    "Website": 100,
}


class Vector(Struct, frozen=True):
    """One sample, one change, and what must come of it."""

    name: str
    edit: Edit
    base: str = DOCUMENT
    code: str | None = None  #: problem code; None: accepted
    rule: str | None = None  #: among the violations, or, when accepted, among the notes

    @property
    def path(self) -> Path:
        return HERE / ("refused" if self.code else "accepted") / f"{self.name}.edxml"

    def make(self) -> bytes:
        text = (HERE / "samples" / f"{self.base}.edxml").read_text(encoding="utf-8")
        edited = self.edit(text)
        assert edited != text, f"{self.name}: the edit changes nothing"
        return edited.encode()


def invalid(rule: str, name: str, edit: Edit, base: str = DOCUMENT) -> Vector:
    """Return a vector that breaks the schema or a rule."""
    return Vector(name, edit, base, "schema-invalid", rule)


def accepted(name: str, edit: Edit, base: str = DOCUMENT, note: str | None = None) -> Vector:
    """Return a vector that is taken."""
    return Vector(name, edit, base, None, note)
