"""What importing does."""

import json
import subprocess
import sys

from .sources import ROOT, python_files, relative

#: Imports what it is told and prints the audit events (PEP 578) that no import may cause; reading files is allowed.
WATCH = """
import importlib, json, os, sys

caused = []
forbidden = {
    "socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.fork", "_thread.start_new_thread",
    "os.mkdir", "os.remove", "os.rename",
}

def watch(event, arguments):
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if event in forbidden or writes:
        caused.append([event, str(arguments)])

sys.dont_write_bytecode = True
sys.addaudithook(watch)
for name in json.load(sys.stdin):
    importlib.import_module(name)
json.dump(caused, sys.stdout)
"""


def modules():
    """Names of all shipped modules but entry points (which run when imported) and migrations (which alembic runs)."""
    for path in python_files():
        if path.name == "__main__.py" or "migrations" in path.parts:
            continue
        parts = relative(path).removesuffix(".py").split("/")
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_nothing_happens_at_import():
    """Importing every module connects to nothing, writes nothing, and starts no process and no thread."""
    names = json.dumps(list(modules()))
    answer = subprocess.run(
        [sys.executable, "-c", WATCH], input=names, capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == []
