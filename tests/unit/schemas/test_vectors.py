"""Every vector: refused with its code and rule, or accepted with its note, and both validators of one mind."""

import pytest
from lxml import etree
from xmlschema import XMLSchema10

from schemas.edxml import names, read
from schemas.edxml.codes import Kind
from schemas.edxml.skeleton import skeleton_of
from schemas.edxml.structure import schema, schema_path
from schemas.errors import Malformed
from schemas.parser import parse
from tests.unit.schemas.support import NAMES, RECEIVED_AT, sample
from tests.vectors.edxml.make import vectors
from tests.vectors.edxml.vector import HERE, Vector

VECTORS = list(vectors())
REFUSED = [vector for vector in VECTORS if vector.code]
ACCEPTED = [vector for vector in VECTORS if not vector.code]


def test_names_are_unique():
    """No two vectors share a name."""
    assert len({vector.name for vector in VECTORS}) == len(VECTORS)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_the_file_is_what_the_generator_makes(vector: Vector):
    """A committed vector equals what its generator makes."""
    assert vector.path.read_bytes() == vector.make()


def test_no_file_is_left_over():
    """Every file in the folders has its vector."""
    assert {*HERE.glob("refused/*"), *HERE.glob("accepted/*")} == {vector.path for vector in VECTORS}


@pytest.mark.parametrize("vector", REFUSED, ids=lambda vector: vector.name)
def test_a_defect_is_refused_by_its_rule(vector: Vector):
    """A refused vector gives its problem code and names its rule, with a sentence in both languages."""
    with pytest.raises(Malformed) as refused:
        read(parse(vector.path.read_bytes()), received_at=RECEIVED_AT)
    assert refused.value.code == vector.code
    assert vector.rule in {violation.rule for violation in refused.value.violations}
    for violation in refused.value.violations:
        assert violation.vi.endswith(".")
        assert violation.en.endswith(".")
        assert violation.path.startswith("/") or violation.path == ""


@pytest.mark.parametrize("vector", ACCEPTED, ids=lambda vector: vector.name)
def test_an_oddity_is_accepted(vector: Vector):
    """An accepted vector is read, and noted where it says so."""
    envelope = read(parse(vector.path.read_bytes()), received_at=RECEIVED_AT)
    if vector.rule:
        assert vector.rule in {note.rule for note in envelope.notes}


@pytest.fixture(scope="module", params=[Kind.DOCUMENT, Kind.STATUS])
def validators(request: pytest.FixtureRequest) -> tuple[Kind, etree.XMLSchema, XMLSchema10]:
    return request.param, schema(request.param), XMLSchema10(str(schema_path(request.param)))


def test_both_validators_agree_on_every_tree(validators: tuple[Kind, etree.XMLSchema, XMLSchema10]):
    """libxml2 and xmlschema say the same of every sample and every vector that parses."""
    kind, fast, slow = validators
    compared = 0
    for data in [*map(sample, NAMES), *(vector.make() for vector in VECTORS)]:
        try:
            root = parse(data)
        except Malformed:
            continue
        if root.tag != names.ROOT or skeleton_of(root).kind is not kind:
            continue
        compared += 1
        assert fast.validate(root) == slow.is_valid(root), data
    assert compared > 20
