"""`python -m tests.attacks.sealed FOLDER`, in a network namespace of its own: hostile bodies at a hub watched by strace.

Nothing but loopback exists there. Prints, as JSON, which addresses a probe and the hub tried to reach: the probe shows that
the witness sees an attempt when there is one.
"""

from __future__ import annotations

import fcntl
import json
import re
import socket
import struct
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.attacks.bodies import bodies
from tests.attacks.hub import prepared
from tests.attacks.mutants import goods, mutants_of
from tests.vectors.signatures.signers import Lab

_SIOCSIFFLAGS, _IFF_UP = 0x8914, 0x1
_ELSEWHERE = "http://192.0.2.1:9"  # an address for documentation (RFC 5737): nobody is there
_CALLS = "trace=connect,sendto,sendmsg,sendmmsg"
_ATTEMPT = re.compile(r'sa_family=AF_INET6?.*?(?:sin_addr=inet_addr\("|inet_pton\(AF_INET6, ")([^"]+)"')
_PROBE = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.7', 9))"


def main(folder: Path) -> dict[str, object]:
    """Attack, and tell what was seen."""
    _bring_up_loopback()
    probed = folder / "probe.trace"
    subprocess.run(
        ["strace", "-f", "-e", _CALLS, "-o", str(probed), sys.executable, "-c", _PROBE], check=False, timeout=60
    )
    lab = Lab(datetime.now(UTC))
    good = next(goods(lab))
    list(mutants_of(good))  # registers the certificates of those that are signed anew
    attacked = prepared(folder / "hub", lab)
    attacked.hub.start()
    watched = folder / "hub.trace"
    watching = ["strace", "-f", "-e", _CALLS, "-o", str(watched), "-p", str(attacked.hub.pid)]
    witness = subprocess.Popen(watching, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1.0)  # strace says nothing when it has attached to the last thread
        statuses = [attacked.hand_in(body)[0].status for body in bodies(good, _ELSEWHERE)]
    finally:
        is_watched = witness.poll() is None
        attacked.hub.stop()
        witness.wait(timeout=30)
    return {
        "probe": _attempts(probed),
        "hub": _attempts(watched),
        "bodies": len(statuses),
        "worst": max(statuses),
        "is_watched": is_watched,
    }


def _bring_up_loopback() -> None:
    """Do as `ip link set lo up`, which not every machine has (netdevice(7))."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _IFF_UP))


def _attempts(trace: Path) -> list[str]:
    return _ATTEMPT.findall(trace.read_text(errors="replace"))


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
