"""The container image: what enters its build is enough to make what it installs."""

import shutil
import subprocess
import sys
import zipfile

from tests.architecture.sources import ROOT


def let_in() -> list[str]:
    """What .dockerignore lets into the build, which shuts out everything else."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in lines
    return [line.removeprefix("!") for line in lines if line.startswith("!")]


def test_the_wheel_is_made_of_what_enters_the_build(tmp_path):
    """The wheel can be made of the files that .dockerignore lets in, and carries the demo's directory."""
    build = tmp_path / "build"
    for name in let_in():
        source, target = ROOT / name, build / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)

    made = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path / "made")],
        cwd=build,
        check=False,
        capture_output=True,
        text=True,
    )

    assert made.returncode == 0, made.stderr
    (wheel,) = (tmp_path / "made").glob("*.whl")
    assert "adapters/cli/config/development.toml" in zipfile.ZipFile(wheel).namelist()
