"""A private RabbitMQ node: Debian's package, own ports, own folder, any user.

The package's command on PATH changes to another user and fixed folders, and starts a port mapper (epmd) that listens on
all addresses: so the inner scripts are called, with a mapper of this node's own on 127.0.0.1 that is ended with the node.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.services.programs import MissingProgram
from tests.support.hub import free_port

START_LIMIT = 60.0
#: One scheduler, which does not spin while it waits: on a busy machine spinning ones take each other's time for seconds.
_MODEST = "+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none"
_PACKAGES = (Path("/usr/lib/rabbitmq/lib"), Path("/opt/homebrew/opt/rabbitmq"), Path("/usr/local/opt/rabbitmq"))


class RabbitNode:
    """One node in one folder; the folder outlives a stop, so that the node can be killed and started again."""

    def __init__(self, folder: Path, *, plugins: tuple[str, ...] = (), mapper: int | None = None) -> None:
        """`mapper` is the port of a port mapper that other nodes of a cluster use, too: who shares it ends it."""
        self.folder = folder
        self.port = free_port()
        self.management_port = free_port()
        self._plugins = plugins
        self._scripts = _scripts()
        self._epmd_port = mapper or free_port()
        self._is_alone = mapper is None
        self._pid: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        for name in ("mnesia", "log", "generated", "schema", "home"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self._environment = self._make_environment(free_port())
        self._write_files()

    @property
    def url(self) -> str:
        """Where it is reached, virtual host `/`."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    @property
    def pid(self) -> int:
        """The process id of the running node."""
        assert self._pid is not None
        return self._pid

    @property
    def _cookie(self) -> str:
        return (self.folder / "home/.erlang.cookie").read_text()

    @property
    def name(self) -> str:
        """What other nodes call it."""
        return f"axis{self.port}@localhost"

    def start(self) -> RabbitNode:
        """Start the node and wait until it speaks AMQP."""
        self.launch()
        return self.wait()

    def launch(self) -> None:
        """Start the node."""
        (self.folder / "home/.erlang.cookie").chmod(0o400)
        with (self.folder / "stdout").open("ab") as out:
            process = subprocess.Popen(
                (self._scripts / "rabbitmq-server",),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=self.folder,
                env=self._environment,
                start_new_session=True,
            )
        self._process = process

    def wait(self) -> RabbitNode:
        """Wait until the node speaks AMQP."""
        assert self._process is not None
        self._wait_until_open(self._process, time.monotonic() + START_LIMIT)
        assert self.evaluate("rabbit:await_startup(node(), false, 60000)") == "ok"
        # The file disappears before the process does, so the number is kept.
        self._pid = int((self.folder / "pid").read_text())
        return self

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Stop it in the midst of whatever it does (SIGSTOP); return when it stands: for a moment it still answers."""
        os.kill(self.pid, signal.SIGSTOP)
        node = psutil.Process(self.pid)
        while node.status() != psutil.STATUS_STOPPED:
            time.sleep(0.001)

    def thaw(self) -> None:
        """Let it go on (SIGCONT)."""
        os.kill(self.pid, signal.SIGCONT)

    def stop(self) -> None:
        """End the node, and its port mapper, which would outlive it."""
        self._end(signal.SIGTERM)
        if self._is_alone:
            self.end_mapper()

    def end_mapper(self) -> None:
        """End the port mapper."""
        with contextlib.suppress(subprocess.SubprocessError, OSError):
            subprocess.run(
                (_erlang("epmd"), "-port", str(self._epmd_port), "-kill"),
                env=self._environment,
                capture_output=True,
                timeout=10,
                check=False,
            )

    def join(self, names: tuple[str, ...], cookie: str) -> None:
        """Be one of a cluster of nodes of these names; before the first start."""
        file = self.folder / "home/.erlang.cookie"
        file.chmod(0o600)
        file.write_text(cookie)
        with (self.folder / "rabbitmq.conf").open("a") as config:
            config.write("cluster_formation.peer_discovery_backend = classic_config\n")
            config.writelines(
                f"cluster_formation.classic_config.nodes.{number} = {name}\n" for number, name in enumerate(names, 1)
            )

    def ctl(self, *arguments: str) -> str:
        """Run rabbitmqctl against this node."""
        command = (str(self._scripts / "rabbitmqctl"), "-q", *arguments)
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=90, check=False)
        assert done.returncode == 0, f"rabbitmqctl {arguments} ended {done.returncode}: {done.stdout}{done.stderr}"
        return done.stdout

    def evaluate(self, expression: str) -> str:
        """Have this node evaluate Erlang; return the result. Takes no time, where rabbitmqctl starts a node of its own."""
        done = subprocess.run(
            (_erlang("erl_call"), "-sname", self.name, "-c", self._cookie, "-timeout", "90", "-e"),
            input=f"{expression}.\n",
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
        found = re.fullmatch(r"\{ok, (.*)\}", done.stdout.strip(), re.DOTALL)
        assert found, f"{expression} ended {done.returncode}: {done.stdout}{done.stderr}"
        return found[1]

    def wipe(self) -> None:
        """Make the broker as new: everything in it is gone, every connection is cut."""
        self.evaluate(_NEW_VIRTUAL_HOST)

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            if self._pid is None:  # it never came up: script and node are a process group of their own
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                os.kill(self._pid, how)
        self._process.wait(timeout=30)  # the script lives exactly as long as its node
        self._process = self._pid = None

    def _wait_until_open(self, process: subprocess.Popen[bytes], deadline: float) -> None:
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.1)
        raise AssertionError(f"RabbitMQ did not start:\n{(self.folder / 'stdout').read_text(errors='replace')[-3000:]}")

    def _write_files(self) -> None:
        cookie = self.folder / "home/.erlang.cookie"
        if not cookie.exists():
            cookie.touch(mode=0o600)
            cookie.write_text(secrets.token_hex(20))
        (self.folder / "env.conf").touch()
        (self.folder / "plugins").write_text(f"[{','.join(self._plugins)}].\n")
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            "disk_free_limit.absolute = 100MB\n"
            "vm_memory_high_watermark.absolute = 1GiB\n"
            "log.file.level = warning\n"
            + (
                f"management.tcp.port = {self.management_port}\nmanagement.tcp.ip = 127.0.0.1\n"
                if self._plugins
                else ""
            )
        )

    def _make_environment(self, distribution_port: int) -> dict[str, str]:
        folder = self.folder
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(folder / "home"),
            "LANG": "C.UTF-8",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self._epmd_port),
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(distribution_port),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "env.conf"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_FEATURE_FLAGS_FILE": str(folder / "feature_flags"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
            "RABBITMQ_SCHEMA_DIR": str(folder / "schema"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": f"-kernel inet_dist_use_interface {{127,0,0,1}} {_MODEST}",
            "RABBITMQ_CTL_ERL_ARGS": _MODEST,
        }


_NEW_VIRTUAL_HOST = (
    'rabbit_vhost:delete(<<"/">>, <<"tests">>), rabbit_vhost:add(<<"/">>, <<"tests">>),'
    'rabbit_auth_backend_internal:set_permissions(<<"guest">>, <<"/">>, <<".*">>, <<".*">>, <<".*">>, <<"tests">>)'
)


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitNode]:
    """A running node, one per test process, started by the first test that wants it. What is in it is left by others."""
    with tempfile.TemporaryDirectory(prefix="axis-rabbitmq-", ignore_cleanup_errors=True) as folder:
        node = RabbitNode(Path(folder))
        try:
            yield node.start()
        finally:
            node.stop()


def _erlang(program: str) -> str:
    return shutil.which(program) or program


def _scripts() -> Path:
    """Return the folder of the scripts that run as anyone."""
    for package in _PACKAGES:
        found = sorted(package.glob("**/rabbitmq-server"))
        if found:
            return found[-1].parent
    raise MissingProgram(
        "RabbitMQ is not installed; run: sudo apt-get install rabbitmq-server (or .ci/install-test-packages as root)"
    )
