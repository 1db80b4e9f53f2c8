"""`axis verify` on arbitrary files: always a verdict or a usage error, soon, and in bounded memory."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from itertools import islice
from pathlib import Path

import pytest

from adapters.cli.trouble import CommandFailed, explain
from adapters.cli.verify import verify
from signing.keys import pem_of_certificates
from tests.attacks.corpus import arbitrary, huge, no_files, receipts

SEED, COUNT = 20261122, 4000
LIMIT = 2.0  #: seconds of CPU for one file; what the contract says of any hostile input
GROWTH = 48 * 1024 * 1024  #: bytes that thousands of files may leave behind


@pytest.fixture(scope="module")
def anchor(lab, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("trust") / "root.pem"
    path.write_bytes(pem_of_certificates(lab.pki.root.certificate))
    return path


@pytest.fixture
def judge(anchor):
    """Judge a file as the command does; return the exit code and what was printed. Fails on a defect or a long time."""

    def judge(path: Path) -> tuple[int, str]:
        began = time.process_time()
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
            try:
                code = verify(path, trust=(anchor,), as_json=True)
            except (CommandFailed, OSError) as error:
                code = explain(error)
        assert time.process_time() - began < LIMIT, path
        assert code in {0, 1, 2}
        return code, out.getvalue() + err.getvalue()

    return judge


def _resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is read from /proc")
def test_thousands_of_files(tmp_path, judge, good_packages, mutants, lab):
    """Thousands of good, mutated, foreign and random files: verdicts only, valid ones among them, memory flat."""
    known = [mutant for families in mutants.values() for family in families.values() for mutant in family]
    files = arbitrary(SEED, COUNT, list(good_packages.values()), known, lab)
    path, codes = tmp_path / "file", []
    for data in islice(files, COUNT // 2):
        path.write_bytes(data)
        codes.append(judge(path)[0])
    halfway = _resident()
    for data in files:
        path.write_bytes(data)
        codes.append(judge(path)[0])
    assert len(codes) >= COUNT
    assert codes[: len(good_packages) + 3] == [0] * (len(good_packages) + 3)
    assert codes.count(0) < len(codes) / 4
    assert _resident() - halfway < GROWTH


def test_huge_files(tmp_path, judge):
    """Sixty megabytes of whatever, and a file of a terabyte, are answered within the limit."""
    assert {judge(path)[0] for path in huge(tmp_path)} <= {1, 2}


def test_what_is_no_file(tmp_path, judge):
    """Folders, devices, pipes, sockets, loops and missing files are usage errors, and nothing waits for them."""
    found = {path.name: judge(path)[0] for path in no_files(tmp_path)}
    if os.geteuid() == 0:
        found.pop("locked")  # root may read it
    assert {name: code for name, code in found.items() if code != 2} == {}


#: From the first hour of the calendar to the last, and forms that are none.
MOMENTS = (
    "0001-01-01",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "9999-12-31T23:59:58Z",
    "2026-W01-1",
    "1e9",
)


@pytest.mark.parametrize("at", MOMENTS)
def test_any_moment(at, tmp_path, anchor, good_packages, lab):
    """Any time for --at is a usage error or a moment to judge at."""
    path = tmp_path / "file"
    for data in (good_packages["xades"].data, receipts(lab)[0]):
        path.write_bytes(data)
        with redirect_stdout(StringIO()):
            try:
                code = verify(path, trust=(anchor,), at=at, as_json=True)
            except CommandFailed as error:
                code = error.exit_code
        assert code in {1, 2}


def test_the_command_itself(tmp_path, anchor, good_packages, lab):
    """As a process it ends with 0, 1 or 2 and a word to the user, and never prints a traceback."""
    kinds = {
        0: [good_packages["ec-attachment"].data, receipts(lab)[0]],
        1: [
            b"",
            b"<a/>",
            os.urandom(500),
            b"a.b.c",
            good_packages["xades"].data[:-9],
            b"%PDF-1.7",
            b"{}",
            b"<a>" * 9000,
        ],
        2: [b"PK\x03\x04", b"c2sp.org/tlog-proof@v1\n"],
    }
    for expected, files in kinds.items():
        for data in files:
            path = tmp_path / "file"
            path.write_bytes(data)
            for options in ([], ["--json"]) if data == files[0] else ([],):
                done = _run(str(path), "--trust", str(anchor), *options)
                assert done.returncode == expected, data[:40]
                assert "Traceback" not in done.stderr + done.stdout
                assert (done.stdout + done.stderr).strip()
    device = ["/dev/zero", "--trust", str(anchor)]
    for arguments in ([], [str(tmp_path)], device, ["--no-such-option"], [str(anchor), "--trust", "/dev/zero"]):
        done = _run(*arguments)
        assert (done.returncode, "Traceback" in done.stderr) == (2, False), arguments


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "adapters.cli", "verify", *arguments)
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, errors="replace")
