import json
import shutil

import pytest

from adapters.cli.main import main
from tests.support.hub import HubProcess, free_port


@pytest.fixture(scope="session")
def founded(tmp_path_factory):
    """A demo hub as `axis init` left it; not to be changed."""
    folder = tmp_path_factory.mktemp("founded") / "hub"
    assert main(["init", str(folder), "--demo"]) == 0
    return folder


@pytest.fixture
def folder(founded, tmp_path):
    """A demo hub of the test's own."""
    return shutil.copytree(founded, tmp_path / "hub")


@pytest.fixture(scope="module")
def hub(founded, tmp_path_factory):
    """A running demo hub."""
    folder = shutil.copytree(founded, tmp_path_factory.mktemp("running") / "hub")
    process = HubProcess(folder, free_port()).start()
    yield process
    process.stop()


@pytest.fixture
def axis(capsys):
    """Run a command in this process; return its exit code, its output (decoded when it is JSON) and its messages."""

    def run(*arguments):
        code = main([str(each) for each in arguments])
        shown = capsys.readouterr()
        return code, json.loads(shown.out) if "--json" in arguments and shown.out else shown.out, shown.err

    return run
