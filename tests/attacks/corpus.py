"""Arbitrary files for `axis verify`, made from a seed: good, broken, mutated, foreign, random, huge, and no files at all."""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random

from signing.keys import pem_of_certificates, pem_of_key
from signing.receipt import KeySealer, Origin, PackageReference, Receipt
from tests.attacks.mutants import Good, Mutant
from tests.vectors.signatures.signers import Lab

_HUGE = 60_000_000  #: bytes; more than a hub takes


def receipts(lab: Lab) -> tuple[bytes, ...]:
    """Good receipts: of the hub, alone and inside the JSON that carries them."""
    hub = lab.pki.hub("H99")
    sealed = KeySealer(hub.key, hub.chain).seal(_receipt(lab.at))
    carried = json.dumps({"receipt": sealed, "delivery": {"id": "x"}}).encode()
    return sealed.encode(), carried, f'{{"jws": "{sealed}"}}'.encode()


def _receipt(at: datetime) -> Receipt:
    return Receipt(
        id="01a200cd-0000-7000-8000-000000000001",
        event="ContentHandover",
        at=at,
        hub="H99",
        package=PackageReference("01a200cd-0000-7000-8000-000000000002", "H99.01,2026/11/22,1/CV", "0" * 64, 4),
        sender="H99.01",
        origin=Origin.SIGNATURE,
        nonce="n",
    )


def broken_receipts(lab: Lab) -> Iterator[bytes]:
    """Receipts by those who may not write them, and JWS of other kinds."""
    for identity in (lab.ec, lab.stranger, lab.pki.self_signed("H99", "Trục giả")):
        yield KeySealer(identity.key, identity.chain).seal(_receipt(lab.at)).encode()
    good = receipts(lab)[0]
    head, payload, value = good.split(b".")
    yield from (b".".join(parts) for parts in ((head, payload, b""), (head, b"", value), (b"", payload, value)))
    yield from (b"e30.e30.e30", b"eyJhbGciOiJub25lIn0.e30.", b".".join((head, payload, b"A" * 86)), good * 40)
    yield json.dumps({"payload": payload.decode(), "signatures": [{"protected": head.decode()}]}).encode()


def other_kinds(lab: Lab) -> Iterator[bytes]:
    """Files of other kinds than those that are judged."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("a.edxml", b"<a/>")
    yield from (archive.getvalue(), archive.getvalue()[:20], b"PK\x05\x06" + bytes(18), gzip.compress(b"<a/>"))
    yield from (
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"MZ",
        b"\x7fELF",
        b"{\\rtf1}",
    )
    yield from (pem_of_key(lab.ec.key), pem_of_certificates(*lab.ec.chain), b"-----BEGIN CERTIFICATE-----\nQ\n")
    yield from (b"", b" ", b"\n" * 1000, b"\0", b"\0" * 5000, b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff\0<")
    yield from (
        b"{}",
        b"[]",
        b"null",
        b'{"jws": null}',
        b'{"jws": 5}',
        b'{"receipt": ""}',
        b"[" * 200_000,
        b'{"a":' * 200_000,
    )
    yield from (
        b"<",
        b"<a",
        b"<a>",
        b"<a/>",
        b"<?xml",
        b"<!DOCTYPE a>",
        b"<!--",
        b"<![CDATA[",
        b"</a>",
        b"<a><b></a></b>",
    )
    yield from (
        b"c2sp.org/tlog-proof@v1\n",
        "a/log\n1\nAAAA\n\n\u2014 a/log AAAA\n".encode(),
        b"a.b.c",
        b"...",
        b"-" * 5000,
    )
    yield from (
        b"<a>" * 30_000,
        b"<a " + b"b" * 200_000 + b"='1'/>",
        b"<" * 50_000,
        b"&#x41;" * 9_000,
        b"<a>" + b"&amp;" * 90_000,
    )


def huge(folder: Path) -> Iterator[Path]:
    """Files as large as a hub takes, or larger than anything, that must not take long."""
    for head, piece in (
        (b"", b"\0"),
        (b"", b" "),
        (b"", b"A"),
        (b"", b"a."),
        (b"", b"<"),
        (b"<a>", b"&"),
        (b"<a>", b"A"),
        (b"", b"<a>"),
        (b"", b"<!-- -->"),
        (b"", b"<?a?>"),
        (b"{", b'"a":1,'),
        (b'{"jws":"', b"A"),
        (b"", b"["),
        (b"", "\n\n\u2014 ".encode()),
    ):
        path = folder / "huge"
        path.write_bytes(head + piece * (_HUGE // len(piece)))
        yield path
    sparse = folder / "sparse"
    with sparse.open("wb") as file:
        file.truncate(10**12)
    yield sparse


def no_files(folder: Path) -> Iterator[Path]:
    """Paths that are no plain file, or not readable as one."""
    yield from (
        folder,
        folder / "missing",
        folder / "missing" / "below",
        Path("/dev/zero"),
        Path("/dev/null"),
        Path("/proc/self/mem"),
    )
    (folder / "dangling").symlink_to("nowhere")
    (folder / "loop").symlink_to("loop")
    os.mkfifo(folder / "fifo")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "socket"))
    (folder / "locked").write_bytes(b"<a/>")
    (folder / "locked").chmod(0)
    yield from (folder / name for name in ("dangling", "loop", "fifo", "socket", "locked", "x" * 300))


def arbitrary(seed: int, count: int, goods: list[Good], mutants: list[Mutant], lab: Lab) -> Iterator[bytes]:
    """Make at least `count` files: each known one once, then mutations of them and random bytes."""
    whole = [good.data for good in goods] + list(receipts(lab))
    known = [*whole, *broken_receipts(lab), *other_kinds(lab), *(mutant.data for mutant in mutants)]
    yield from known
    random = Random(seed)
    for _ in range(count - len(known)):
        yield (
            _mutated(random, random.choice(whole))
            if random.random() < 0.8
            else random.randbytes(random.randrange(3000))
        )


def _mutated(random: Random, data: bytes) -> bytes:
    """Cut, flip, double, fill or splice at a few places."""
    changed = bytearray(data)
    for _ in range(random.randint(1, 6)):
        at, length = random.randrange(len(changed) + 1), random.randrange(1, 40)
        match random.randrange(5):
            case 0:
                del changed[at : at + length]
            case 1:
                changed[at:at] = random.randbytes(length)
            case 2:
                changed[at:at] = changed[at : at + 10 * length]
            case 3:
                changed[at : at + 1] = bytes([random.randrange(256)])
            case _:
                del changed[max(at, 1) :]
    return bytes(changed)
