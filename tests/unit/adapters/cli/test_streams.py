"""Output whose encoding lacks what is to be written."""

import contextlib
import io
import json

import pytest

from adapters.cli.output import print_json
from adapters.cli.streams import take_every_character

NAME = "Sở Mẫu é \N{GRINNING FACE}"


@pytest.mark.parametrize("encoding", ["ascii", "iso-8859-1", "cp1258", "utf-8"])
def test_json_stays_json(encoding):
    """In whatever encoding JSON is printed, its reader finds the same text in it."""
    written = io.BytesIO()
    with contextlib.redirect_stdout(io.TextIOWrapper(written, encoding=encoding, write_through=True)) as out:
        take_every_character()
        print_json({"name": NAME})
        assert json.loads(written.getvalue().decode(encoding)) == {"name": NAME}
        out.detach()


def test_what_the_encoding_has_stays():
    """Only what an encoding lacks is escaped."""
    written = io.BytesIO()
    with contextlib.redirect_stdout(io.TextIOWrapper(written, encoding="iso-8859-1", write_through=True)) as out:
        take_every_character()
        out.write("é ở")
        out.detach()
    assert written.getvalue() == b"\xe9 \\u1edf"


def test_bytes_of_an_argument():
    """What Python holds for a byte that is no UTF-8 is escaped, too: a command does not end for it."""
    written = io.BytesIO()
    with contextlib.redirect_stderr(io.TextIOWrapper(written, encoding="utf-8", write_through=True)) as err:
        take_every_character()
        err.write("\udcff")
        err.detach()
    assert written.getvalue() == b"\\udcff"
