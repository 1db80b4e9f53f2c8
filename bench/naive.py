"""The obvious design, which the hub is measured against: what a careful developer writes in an afternoon.

One aiohttp handler does everything in its place, on uvloop: it parses with lxml, validates with xmlschema, verifies with
signxml against the CA file, inserts the package (one commit), publishes, and answers with a receipt. The recipient
asks its inbox, fetches the content and acknowledges; that makes the last receipt and deletes the queue row. The
receipts are the hub's three: acceptance, consignment, handover.

It comes in the two forms of the hub. Embedded: SQLite (WAL, `synchronous=FULL`), and publishing is an insert into a queue
table, a commit of its own because a broker would have its own too. Production: PostgreSQL, publishing is a confirmed message
to a quorum queue of RabbitMQ, whose consumer in the same processes does that insert.

It is given every advantage that costs a developer one line: a compiled schema, prepared connections, threads for the
database, ECDSA receipts by joserfc instead of an XML signature. It does without what the hub has to do beside: spooling,
limits, idempotency, an outbox in the same transaction, retries, metrics, access rules.

Its routes are those of the hub that the load generator uses. Run: `python -m bench.naive FOLDER PORT`, where FOLDER was
made by `axis init FOLDER --demo`; with `--database URL --broker URL --workers N` for the production form.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import json
import multiprocessing
import signal
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import uvloop
import xmlschema
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc import jws
from joserfc.jwk import ECKey
from lxml import etree
from signxml.verifier import VerifyResult, XMLVerifier

import schemas
from bench.naive_queue import RabbitQueue
from bench.naive_stores import SqliteStore, Store, store_at

NS = {"e": "http://www.mic.gov.vn/TBT/QCVN_102_2016", "ds": "http://www.w3.org/2000/09/xmldsig#"}
LARGEST = 64 * 1024 * 1024


class Naive:
    """The whole design."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.store = store
        self.queue: RabbitQueue | None = None
        credentials = json.loads((folder / "credentials.json").read_text("utf-8"))
        self.hub = credentials["hub"]["code"]
        self.systems = {system["api_key"]: system["id"] for system in credentials["systems"]}
        self.system_of = {agency["code"]: agency["system"] for agency in credentials["agencies"]}
        self.agency_of = {
            x509.load_pem_x509_certificate((folder / agency["certificate"]).read_bytes()): agency["code"]
            for agency in credentials["agencies"]
        }
        self.ca_file = str(folder / credentials["hub"]["trust"])
        self.key = ECKey.import_key((folder / "pki/hub.key.pem").read_bytes())
        certificate = x509.load_pem_x509_certificate((folder / "pki/hub.cert.pem").read_bytes())
        self.x5c = [base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()]
        self.schema = load_schema()
        self.parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)

    async def submit(self, request: web.Request) -> web.Response:
        """Take a package in."""
        self.authenticate(request)
        body = await request.read()
        root = etree.fromstring(body, self.parser)
        self.schema.validate(root)  # type: ignore[arg-type] # it takes trees of lxml as well
        verified = XMLVerifier().verify(body, ca_pem_file=self.ca_file, parser=self.parser)
        root, signer = signed_by(verified)
        sender = root.findtext(".//e:MessageHeader/e:From/e:OrganId", "", NS)
        if self.agency_of.get(signer) != sender:
            raise web.HTTPUnprocessableEntity(text="signed by another agency")
        package = {
            "id": str(uuid.uuid4()),
            "document_id": root.findtext(".//e:MessageHeader/e:DocumentId", "", NS),
            "sha256": hashlib.sha256(body).hexdigest(),
            "size": len(body),
        }
        deliveries = [
            {"id": str(uuid.uuid4()), "recipient": to.text or "", "system": self.system_of[to.text or ""]}
            for to in root.iterfind(".//e:MessageHeader/e:To/e:OrganId", NS)
        ]
        receipt = self.receipt("SubmissionAcceptance", package, sender)
        await self.store.run(self.insert, package, sender, deliveries, receipt, body)
        if self.queue is None:
            await self.consign(package, sender, deliveries)
        else:
            await self.queue.publish({"package": package, "sender": sender, "deliveries": deliveries})
        return web.json_response({**package, "deliveries": deliveries, "receipt": receipt["jws"]}, status=201)

    async def consign(self, package: dict[str, Any], sender: str, deliveries: list[dict[str, str]]) -> None:
        """Make deliveries available to their recipients."""
        receipts = [
            self.receipt("ContentConsignment", package, sender, each["id"], each["recipient"]) for each in deliveries
        ]
        await self.store.run(self.publish, deliveries, receipts)

    async def inbox(self, request: web.Request) -> web.Response:
        """Lease what waits for the calling system."""
        system = self.authenticate(request)
        until = asyncio.get_running_loop().time() + float(request.query.get("wait", 0))
        while True:
            items = await self.store.run(self.lease, system, int(request.query.get("limit", 50)))
            if items or asyncio.get_running_loop().time() > until:
                return web.json_response({"items": items})
            await asyncio.sleep(0.02)

    async def content(self, request: web.Request) -> web.Response:
        """Return the package of a delivery."""
        self.authenticate(request)
        sql = "SELECT content FROM package JOIN delivery ON package_id = package.id WHERE delivery.id = ?"
        rows = await self.store.run(self.store.rows, sql, (request.match_info["id"],))
        return web.Response(body=rows[0][0], content_type="application/edxml+xml")

    async def acknowledge(self, request: web.Request) -> web.Response:
        """Take the recipient's word that it has the delivery."""
        self.authenticate(request)
        sql = """SELECT package.id, document_id, sha256, size, sender, recipient
                 FROM package JOIN delivery ON package_id = package.id WHERE delivery.id = ?"""
        delivery_id = request.match_info["id"]
        rows = await self.store.run(self.store.rows, sql, (delivery_id,))
        package = dict(zip(("id", "document_id", "sha256", "size"), rows[0][:4], strict=True))
        sender, recipient = rows[0][4:]
        receipt = self.receipt("ContentHandover", package, sender, delivery_id, recipient)
        await self.store.run(self.conclude, delivery_id, receipt)
        return web.json_response({"delivery": {"id": delivery_id, "state": "handed_over"}, "receipt": receipt["jws"]})

    async def feed(self, request: web.Request) -> web.Response:
        """Return the receipts of the calling system's packages."""
        system = self.authenticate(request)
        sql = """SELECT position, id, event, package_id, delivery, jws FROM receipt
                 WHERE system = ? AND position > ? ORDER BY position LIMIT ?"""
        after, limit = int(request.query.get("after", 0)), int(request.query.get("limit", 50))
        rows = await self.store.run(self.store.rows, sql, (system, after, limit))
        names = ("cursor", "id", "event", "package_id", "delivery", "jws")
        return web.json_response({"items": [{"type": "receipt", **dict(zip(names, row, strict=True))} for row in rows]})

    async def readyz(self, _request: web.Request) -> web.Response:
        """Say that it serves."""
        return web.json_response({"status": "ok"})

    def authenticate(self, request: web.Request) -> str:
        """Return the system whose key it is."""
        try:
            return str(self.systems[request.headers["Authorization"].removeprefix("Bearer ")])
        except KeyError:
            raise web.HTTPUnauthorized from None

    def receipt(
        self,
        event: str,
        package: dict[str, Any],
        sender: str,
        delivery: str | None = None,
        recipient: str | None = None,
    ) -> dict[str, Any]:
        """Make a signed receipt: the fields of docs/receipts.md."""
        now = datetime.now(UTC)
        claims = {
            "id": str(uuid.uuid4()),
            "event": event,
            "at": now.isoformat(),
            "hub": self.hub,
            "package": {name: package[name] for name in ("id", "document_id", "sha256", "size")},
            "sender": sender,
            "recipient": recipient,
            "delivery": delivery,
            "origin": "signature",
            "nonce": uuid.uuid4().hex,
        }
        header = {"alg": "ES256", "typ": "axis-receipt+jws", "x5c": self.x5c, "iat": int(now.timestamp())}
        payload = json.dumps(claims, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        token = jws.serialize_compact(header, payload, self.key, registry=REGISTRY)
        return {**claims, "system": self.system_of[sender], "jws": token}

    def insert(
        self,
        package: dict[str, Any],
        sender: str,
        deliveries: list[dict[str, str]],
        receipt: dict[str, Any],
        body: bytes,
    ) -> None:
        """Write one package; one commit."""
        row = (package["id"], package["document_id"], sender, package["sha256"], package["size"], receipt["at"], body)
        with self.store.transaction():
            self.store.write("INSERT INTO package VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            self.store.write_many(
                "INSERT INTO delivery VALUES (?, ?, ?, ?, 'accepted')",
                [(each["id"], package["id"], each["recipient"], each["system"]) for each in deliveries],
            )
            self.keep(receipt)

    def publish(self, deliveries: list[dict[str, str]], receipts: list[dict[str, Any]]) -> None:
        """Put the deliveries into the queue, which consigns them; one commit."""
        with self.store.transaction():
            self.store.write_many(
                "INSERT INTO queue (delivery_id, system) VALUES (?, ?)",
                [(each["id"], each["system"]) for each in deliveries],
            )
            for receipt in receipts:
                self.keep(receipt)

    def lease(self, system: str, limit: int) -> list[dict[str, Any]]:
        """Take up to `limit` queue rows for five minutes; one commit."""
        now = datetime.now(UTC)
        sql = """SELECT queue.position, delivery.id, package.id, document_id, sender, recipient, sha256, size
                 FROM queue JOIN delivery ON delivery.id = delivery_id JOIN package ON package.id = package_id
                 WHERE queue.system = ? AND (lease_until IS NULL OR lease_until < ?) ORDER BY position LIMIT ?"""
        sql += self.store.skip_locked
        names = ("id", "package_id", "document_id", "sender", "recipient", "sha256", "size")
        with self.store.transaction():
            rows = self.store.rows(sql, (system, now.isoformat(), limit))
            until = (now + timedelta(minutes=5)).isoformat()
            self.store.write_many("UPDATE queue SET lease_until = ? WHERE position = ?", [(until, r[0]) for r in rows])
        return [dict(zip(names, row[1:], strict=True)) for row in rows]

    def conclude(self, delivery_id: str, receipt: dict[str, Any]) -> None:
        """Mark the handover and forget the queue row; one commit."""
        with self.store.transaction():
            self.store.write("UPDATE delivery SET state = 'handed_over' WHERE id = ?", (delivery_id,))
            self.store.write("DELETE FROM queue WHERE delivery_id = ?", (delivery_id,))
            self.keep(receipt)

    def keep(self, receipt: dict[str, Any]) -> None:
        """Insert a receipt; the last thing in its transaction."""
        self.store.append_in_turn()
        names = ("id", "event", "delivery", "system", "jws")
        row = (*(receipt[name] for name in names), receipt["package"]["id"])
        self.store.write(
            "INSERT INTO receipt (id, event, delivery, system, jws, package_id) VALUES (?, ?, ?, ?, ?, ?)", row
        )


REGISTRY = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)


def signed_by(verified: VerifyResult | list[VerifyResult]) -> tuple[etree._Element, x509.Certificate]:
    """Return what was signed, and the certificate of the signer."""
    if isinstance(verified, list) or verified.signed_xml is None:
        raise web.HTTPUnprocessableEntity(text="the whole document must be signed")
    encoded = verified.signature_xml.findtext(".//ds:X509Certificate", "", NS)
    return verified.signed_xml, x509.load_der_x509_certificate(base64.b64decode(encoded))


def load_schema() -> xmlschema.XMLSchema10:
    """Compile the schema of documents, with the attachment's content as the base64 that it is."""
    folder = Path(schemas.__file__).parent / "xsd"
    source = (folder / "document.xsd").read_text("utf-8")
    plain, typed = ('name="ContentTransferEncoded" type="xs:' + kind + '"' for kind in ("string", "base64Binary"))
    if plain not in source:
        raise LookupError(f"document.xsd has no {plain}")
    return xmlschema.XMLSchema10(source.replace(plain, typed), base_url=str(folder))


def build(folder: Path, store: Store, broker: str | None) -> web.Application:
    """Wire the routes."""
    naive = Naive(folder, store)
    app = web.Application(client_max_size=LARGEST)
    app.router.add_post("/v1/packages", naive.submit)
    app.router.add_get("/v1/inbox", naive.inbox)
    app.router.add_get("/v1/deliveries/{id}/content", naive.content)
    app.router.add_post("/v1/deliveries/{id}/ack", naive.acknowledge)
    app.router.add_get("/v1/feed", naive.feed)
    app.router.add_get("/readyz", naive.readyz)
    if broker is not None:
        app.cleanup_ctx.append(partial(_with_queue, naive, broker))
    return app


async def _with_queue(naive: Naive, url: str, _app: web.Application) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        naive.queue = await stack.enter_async_context(RabbitQueue.opened(url, naive.consign))
        yield


def serve(folder: Path, port: int, database: str | None, broker: str | None) -> None:
    """Serve FOLDER on PORT in this process."""
    uvloop.install()
    store = store_at(database) if database else SqliteStore(folder / "naive.db")
    web.run_app(build(folder, store, broker), host="127.0.0.1", port=port, print=None, access_log=None, reuse_port=True)


def main() -> None:
    """Serve, in one process or several."""
    parser = argparse.ArgumentParser(prog="python -m bench.naive")
    parser.add_argument("folder", type=Path)
    parser.add_argument("port", type=int)
    parser.add_argument("--database", help="a PostgreSQL database; default: SQLite in the folder")
    parser.add_argument("--broker", help="a RabbitMQ; default: a table is the queue")
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    work = (asked.folder, asked.port, asked.database, asked.broker)
    if asked.database:
        store_at(asked.database).create_tables()
    if asked.workers == 1:
        serve(*work)
        return
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=serve, args=work) for _ in range(asked.workers)]
    for worker in workers:
        worker.start()

    def stop(*_: object) -> None:
        for worker in workers:
            worker.terminate()

    signal.signal(signal.SIGTERM, stop)
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    main()
