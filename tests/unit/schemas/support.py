"""What the tests of `schemas` share: samples, the time of receipt, reading in one step."""

from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from schemas.edxml import Envelope, extract, read
from schemas.parser import parse

SAMPLES = Path(__file__).parents[2] / "vectors" / "edxml" / "samples"
RECEIVED_AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
NAMES = sorted(path.stem for path in SAMPLES.glob("*.edxml") if "junk" not in path.name)


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.edxml").read_bytes()


def read_bytes(data: bytes) -> Envelope:
    return read(parse(data), received_at=RECEIVED_AT)


def without_notes(envelope: Envelope) -> Envelope:
    return replace(envelope, notes=())


def contents_of(data: bytes) -> dict[str, bytes]:
    root = parse(data)
    envelope = read(root, received_at=RECEIVED_AT)
    return {one.content_id: extract(root, one.content_id).data for one in envelope.attachments}
