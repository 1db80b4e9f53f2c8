"""HAProxy and nginx with the configurations that the project gives, on private ports, before a hub."""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.services.programs import program
from tests.support.hub import free_port
from tests.support.project import ROOT

CONFIG = ROOT / "config"
LIMIT = 20.0


class Front:
    """A running proxy."""

    def __init__(self, port: int, authority: Path) -> None:
        self.port = port
        self._authority = authority

    def ask(self, path, headers=None, certificate=None):
        """GET a path over TLS; return status, header fields and body."""
        context = ssl.create_default_context(cafile=str(self._authority))
        context.check_hostname = False
        if certificate is not None:
            context.load_cert_chain(certificate)
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=context)
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()


def haproxy_configuration(folder: Path, port: int, hub_port: int) -> Path:
    """Write config/haproxy.cfg with addresses of this machine: one server is the hub, the other is not there."""
    text = (CONFIG / "haproxy.cfg").read_text("utf-8")
    for old, new in {
        "maxconn 8000": "maxconn 200",
        "bind :8443": f"bind 127.0.0.1:{port}",
        "/etc/haproxy/tls": str(folder),
        "server api-1 api-1:8080": f"server api-1 127.0.0.1:{hub_port}",
        "server api-2 api-2:8080": f"server api-2 127.0.0.1:{free_port()}",
    }.items():
        assert old in text
        text = text.replace(old, new)
    path = folder / "haproxy.cfg"
    path.write_text(text, "utf-8")
    return path


def nginx_configuration(folder: Path, port: int, hub_port: int) -> Path:
    """Write a whole configuration around config/nginx.conf, with addresses and files of this test."""
    site = (CONFIG / "nginx.conf").read_text("utf-8")
    for old, new in {
        "server 127.0.0.1:8080": f"server 127.0.0.1:{hub_port}",
        "    listen 443 ssl;\n    listen [::]:443 ssl;": f"    listen 127.0.0.1:{port} ssl;",
        "/etc/nginx/tls/axis.cert.pem": str(folder / "axis.pem"),
        "/etc/nginx/tls/axis.key.pem": str(folder / "axis.pem"),
        "/var/log/nginx/axis.log": str(folder / "nginx.log"),
    }.items():
        assert old in site
        site = site.replace(old, new)
    (folder / "site.conf").write_text(site, "utf-8")
    kept = "".join(
        f"{name}_temp_path {folder / name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    path = folder / "nginx.conf"
    path.write_text(
        f"pid {folder / 'pid'}; error_log {folder / 'error.log'}; daemon off; events {{}} "
        f"http {{ {kept} include {folder / 'site.conf'}; }}",
        "utf-8",
    )
    return path


@contextlib.contextmanager
def running(command: tuple[str, ...], port: int, log: Path) -> Iterator[None]:
    """Run a proxy until the block ends; it must be listening when the block begins."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        deadline = time.monotonic() + LIMIT
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            is_late = process.poll() is not None or time.monotonic() > deadline
            assert not is_late, log.read_text(errors="replace")[-3000:]
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(timeout=LIMIT)


def checked(*command: str) -> str:
    """Run a program's own check of its configuration; return what it says."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    said = re.sub(r"^.*nginx: \[alert\] could not open error log file.*\n", "", done.stdout + done.stderr)
    assert done.returncode == 0, said
    return said


def haproxy(folder: Path, port: int, hub_port: int) -> tuple[str, ...]:
    """Check the configuration; return the command that runs it."""
    path = haproxy_configuration(folder, port, hub_port)
    assert "warning" not in checked(program("haproxy", "haproxy"), "-c", "-f", str(path)).lower()
    return (program("haproxy", "haproxy"), "-db", "-f", str(path))


def nginx(folder: Path, port: int, hub_port: int) -> tuple[str, ...]:
    """Check the configuration; return the command that runs it."""
    path = nginx_configuration(folder, port, hub_port)
    command = (program("nginx", "nginx-light"), "-e", str(folder / "error.log"), "-c", str(path))
    assert "warn" not in checked(*command, "-t")
    return command
