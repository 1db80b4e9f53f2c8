"""Makes the vectors in the folders beside this file: each is one official sample with one change, named by it.

`python -m tests.vectors.edxml.make` writes them; a test proves that the files are what this module makes.
"""

from collections.abc import Iterator

from tests.vectors.edxml.accepted import accepted_vectors
from tests.vectors.edxml.refused import refused_vectors
from tests.vectors.edxml.vector import HERE, Vector


def vectors() -> Iterator[Vector]:
    """Yield every vector."""
    yield from refused_vectors()
    yield from accepted_vectors()


def main() -> None:
    """Write every vector."""
    for folder in ("refused", "accepted"):
        for path in (HERE / folder).glob("*.edxml"):
            path.unlink()
    for vector in vectors():
        vector.path.write_bytes(vector.make())


if __name__ == "__main__":
    main()
