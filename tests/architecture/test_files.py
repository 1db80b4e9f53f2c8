"""The files of the project."""

import subprocess

from .sources import ROOT, docstring, python_files, relative

LONGEST = 400


def test_no_long_file():
    """No file grows past 400 lines: where one does, a concept is missing."""
    long = {
        relative(path): count
        for path in python_files()
        if (count := len(path.read_text("utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_every_package_explains_itself():
    """The docstring of every package says how it works."""
    assert [relative(path) for path in python_files() if path.name == "__init__.py" and not docstring(path)] == []


def test_every_module_says_what_it_is():
    """The docstring of every module says what it holds."""
    assert [relative(path) for path in python_files() if not docstring(path)] == []


def test_test_folders_are_packages():
    """Every folder with tests is a package, so that equal file names do not clash."""
    folders = {path.parent for path in python_files("tests") if path.name.startswith("test_")}
    assert [relative(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_commands_are_executable():
    """The scripts that make and CI call may be executed, and bash understands them."""
    for name in ("run", "install-test-packages"):
        script = ROOT / ".ci" / name
        assert script.stat().st_mode & 0o111, name
        subprocess.run(["bash", "-n", script], check=True)
