"""What the hub says about itself: logs, metrics, health, its own description."""

from __future__ import annotations

import json
import socket
import time

import yaml

from hub.ids import uuid7


def lines(world):
    """The log as objects; every line but the greeting must be one."""
    *whole, _ = world.hub.log.read_text(encoding="utf-8").split("\n")  # the last one may be half written
    return [json.loads(line) for line in whole if line.startswith("{")]


def lines_of(world, trace_id):
    """The lines of one request; they are written after the answer is out."""
    for _ in range(100):
        if found := [line for line in lines(world) if line.get("trace_id") == trace_id]:
            return found
        time.sleep(0.02)
    return []


def test_one_line_per_request(world):
    """A request leaves exactly one line: method, route, status, caller, package."""
    answer = world.api().submit(world.signed())
    (line,) = lines_of(world, answer.headers["Trace-Id"])
    assert (line["event"], line["method"], line["route"], line["status"]) == ("request", "POST", "/v1/packages", 201)
    assert (line["caller"], line["package_id"]) == ("sys-h99-01", answer.json["id"])


def test_problem_in_the_log(world):
    """The line of a refused request names the problem's code."""
    answer = world.api().get(f"/v1/packages/{uuid7()}")
    (line,) = lines_of(world, answer.problem.trace_id)
    assert (line["status"], line["problem"]) == (404, "not-found")


def test_abandoned_request(world):
    """A client that leaves before its answer leaves a line, too."""
    trace, nothing_comes = uuid7().replace("-", ""), f"/v1/feed?wait=30&after={2**62}"
    with socket.create_connection(("127.0.0.1", world.hub.port), timeout=5) as connection:
        connection.sendall(
            f"GET {nothing_comes} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {world.keys['H99.05']}\r\n"
            f"traceparent: 00-{trace}-00f067aa0ba902b7-01\r\n\r\n".encode()
        )
        time.sleep(0.2)
    (line,) = lines_of(world, trace)
    assert (line["event"], line["route"]) == ("request-abandoned", "/v1/feed")


def test_no_forged_lines(world):
    """Line ends and quotes in what a client sends cannot make a line of their own."""
    answer = world.api().get("/%0d%0a%7B%22event%22:%22forged%22%7D", User_Agent='x"} {"event":"forged"')
    assert len(lines_of(world, answer.problem.trace_id)) == 1
    assert "forged" not in {line.get("event") for line in lines(world)}


def test_no_secrets(world):
    """No secret of any caller stands in the log or in the database."""
    world.api().get("/v1/agencies")
    world.api(None).get("/v1/agencies", Authorization=f"Basic {world.keys['auditor']}")
    world.api(None).get(f"/v1/agencies?q={world.keys['auditor']}")
    database = b"".join(path.read_bytes() for path in (world.hub.folder / "data").glob("axis.db*"))
    log = json.dumps(lines(world)).encode()
    for key in world.keys.values():
        secret = key.rpartition("_")[2].encode()
        assert secret not in log
        assert secret not in database


def test_key_in_the_wrong_place(world):
    """A key that a caller puts into the path or into `User-Agent` loses its secret part in the log."""
    key = world.keys["auditor"]
    trace_id = world.api().get(f"/v1/agencies/{key}", **{"User-Agent": f"client/{key}"}).headers["Trace-Id"]
    (line,) = lines_of(world, trace_id)
    blanked = f"{key.rpartition('_')[0]}_***"
    assert (line["path"], line["agent"]) == (f"/v1/agencies/{blanked}", f"client/{blanked}")


def test_metrics(world):
    """Requests, problems and delays are counted by route and code, not by address."""
    world.api().get(f"/v1/packages/{uuid7()}")
    text = world.api(None).get("/metrics").body.decode()
    assert 'axis_http_requests_total{method="GET",route="/v1/packages/{package_id}",status="404"}' in text
    assert 'axis_http_problems_total{code="not-found"}' in text
    assert "axis_outbox_lag_seconds" in text


def test_events_are_counted(world):
    """What the hub records is counted, whoever caused it: acceptances, refusals, and what couriers do."""
    package = world.accepted()
    world.api().submit(world.letter())
    world.collected(package)
    text = world.api(None).get("/metrics").body.decode()
    for line in (
        'axis_packages_accepted_total{kind="document"}',
        'axis_packages_refused_total{code="signature-missing"}',
        'axis_events_total{event="ContentConsignment"}',
        "axis_package_bytes_count",
    ):
        assert line in text


def test_ready(world):
    """Readiness names each dependency when asked, and only then."""
    plain, verbose = (world.api(None).get(path).json for path in ("/readyz", "/readyz?verbose"))
    assert plain == {"status": "ready"}
    assert {"database", "signing", "disk"} <= {each["name"] for each in verbose["checks"]}


def test_not_ready_without_its_disk(world):
    """A hub whose content folder is gone, as when its disk is not mounted, says what is missing and is not ready."""
    folder = world.hub.folder / "data" / "content"
    away = folder.rename(folder.with_name("away"))
    try:
        answer = world.api(None).get("/readyz?verbose")
    finally:
        away.rename(folder)
    assert answer.status == 503
    assert [each["name"] for each in answer.json["checks"] if not each["is_ok"]] == ["disk"]


def test_description(world):
    """The hub serves its own description."""
    answer = world.api(None).get("/openapi.yaml")
    assert answer.headers["Content-Type"] == "application/yaml"
    assert yaml.safe_load(answer.body)["openapi"] == "3.1.0"
