"""What this process counts, for Prometheus. `docs/metrics.md` lists every metric.

Each process counts for itself and answers `/metrics` with its own numbers; with several workers on one port, scrape each
through its own port (`listen.worker_port`). `axis_process` says which one answered.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from hub.changes import Changes, Postponed
from hub.measures import Measure, Measuring
from hub.ports import Outbox
from hub.trouble import Trouble

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60)
_BYTES = (1_024, 8_192, 65_536, 524_288, 4_194_304, 16_777_216, 67_108_864)


class Metrics:
    """The counters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._requests = Counter(
            "axis_http_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "axis_http_request_seconds",
            "Time from the headers to the end of the answer, long polls included.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._problems = Counter("axis_http_problems", "Problem answers by code.", ("code",), registry=self.registry)
        self._accepted = Counter("axis_packages_accepted", "Packages accepted.", ("kind",), registry=self.registry)
        self._refused = Counter(
            "axis_packages_refused", "Submissions refused, by code.", ("code",), registry=self.registry
        )
        self._sizes = Histogram(
            "axis_package_bytes", "Size of accepted packages.", buckets=_BYTES, registry=self.registry
        )
        self._events = Counter("axis_events", "Events recorded.", ("event",), registry=self.registry)
        self._postponed = Counter("axis_orders_postponed", "Failed attempts to carry an order.", registry=self.registry)
        self._answers: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._gauges: dict[str, Gauge] = {}
        self._lag = Gauge(
            "axis_outbox_lag_seconds", "How long the oldest waiting order has been due.", registry=self.registry
        )

    def answered(self, method: str, route: str, status: int, seconds: float, problem: str | None) -> None:
        """Count one answer. `route` is the path as in the route table, so that labels stay few."""
        counted = self._answers.get((method, route, status))
        if counted is None:  # finding children by their labels costs more than counting does
            counted = self._requests.labels(method, route, str(status)), self._seconds.labels(route)
            self._answers[method, route, status] = counted
        counter, histogram = counted
        counter.inc()
        histogram.observe(seconds)
        if problem is not None:
            self._problems.labels(problem).inc()

    def observe(self, changes: Changes) -> None:
        """Count what one recorded unit of work changed."""
        if changes.package is not None:
            self._accepted.labels(changes.package.kind).inc()
            self._sizes.observe(changes.package.size)
        if changes.refused is not None:
            self._refused.labels(changes.refused.code).inc()
        for event in changes.events:
            self._events.labels(event.event).inc()
        for change in changes.order_changes:
            if isinstance(change, Postponed):
                self._postponed.inc()

    async def scrape(self, outbox: Outbox, now: datetime, measurings: Iterable[Measuring] = ()) -> tuple[bytes, str]:
        """Return all metrics as text, and the type of that text."""
        self._lag.set(await _lag(outbox, now))
        for measuring in measurings:
            for measure in measuring():
                self._gauge(measure).set(measure.value)
        return generate_latest(self.registry), CONTENT_TYPE_LATEST

    def _gauge(self, measure: Measure) -> Gauge:
        gauge = self._gauges.get(measure.name)
        if gauge is None:
            gauge = Gauge(measure.name, measure.help, tuple(measure.labels), registry=self.registry)
            self._gauges[measure.name] = gauge
        return gauge.labels(**measure.labels) if measure.labels else gauge


async def _lag(outbox: Outbox, now: datetime) -> float:
    """Return the seconds that the oldest waiting order is overdue; NaN when the store cannot say."""
    try:
        due_at = await outbox.next_due()
    except Trouble:
        return float("nan")
    return 0.0 if due_at is None else max(0.0, (now - due_at).total_seconds())
