"""Make the vectors again: `python -m tests.vectors.signatures.generate`. Keys are new each time and thrown away.

Every file is named by its defect; `expected.json` says what the verifier must answer: "valid" or a problem code. All of them
are honestly signed by a registered key unless the name says otherwise, so that only the named defect can refuse them.
"""

import json
from pathlib import Path

from signing.keys import pem_of_certificates
from tests.vectors.signatures import accepted, contents, methods, shapes
from tests.vectors.signatures.signers import AT, Lab

FOLDER = Path(__file__).parent

SETS = (
    accepted.valid,
    shapes.places,
    shapes.wrappings,
    shapes.references,
    methods.transforms,
    methods.algorithms,
    contents.changed,
    contents.properties,
)


def main() -> None:
    """Write every vector, the anchor, the registered certificates and the expected answers."""
    for old in FOLDER.glob("*.xml"):
        old.unlink()
    lab = Lab()
    expected: dict[str, str] = {}
    for vectors in SETS:
        for code, name, data in vectors(lab):
            assert name not in expected, name
            expected[name] = code
            (FOLDER / f"{name}.xml").write_bytes(data)
    (FOLDER / "root.pem").write_bytes(pem_of_certificates(lab.pki.root.certificate))
    answer = {"at": AT.isoformat(), "registered": lab.registered, "expected": expected}
    (FOLDER / "expected.json").write_text(json.dumps(answer, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(expected)} vectors")


if __name__ == "__main__":
    main()
