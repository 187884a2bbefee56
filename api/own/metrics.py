"""Metrics for Prometheus: calls, tasks, callbacks, Asterisk's response times, writes that wait."""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from api.own.operations import Media, operation
from engine.ari.client import AriClient
from engine.events import CallEnded, Event, TaskEnded
from engine.features.health.views import StoreHealth
from engine.model.call import CallState
from engine.platform.consumers import Consumers
from engine.platform.feature import Measure

PAGE = Media("The metrics in Prometheus' text format.", ("text/plain",))
_BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_DELIVERY_STATES = ("pending", "delivered", "dead")


class Metrics:
    """The metrics of one process, in a registry of their own. `feed` takes committed events.

    `deliveries` returns the number of callbacks by state; `consumers` hear events.
    """

    def __init__(
        self,
        health: StoreHealth,
        deliveries: Callable[[], Awaitable[Mapping[str, int]]],
        measures: Iterable[Measure] = (),
        consumers: Consumers | None = None,
    ) -> None:
        self._health, self._count_deliveries, self._consumers = health, deliveries, consumers
        self.registry = CollectorRegistry()
        self._live = Gauge("carillon_calls", "Calls that have not ended", ["state"], registry=self.registry)
        self._ended = Counter("carillon_calls_ended", "Calls that have ended", ["cause"], registry=self.registry)
        self._talked = Counter("carillon_call_seconds", "Seconds of answered calls", registry=self.registry)
        self._tasks = Counter("carillon_tasks", "Tasks that are over", ["kind", "outcome"], registry=self.registry)
        self._deliveries = Gauge("carillon_callbacks", "Callbacks by state", ["state"], registry=self.registry)
        self._waiting = Gauge("carillon_writes_waiting", "Changes that wait for their commit", registry=self.registry)
        self._behind = Gauge("carillon_events_behind", "Events to be handled", ["consumer"], registry=self.registry)
        self._failures = Gauge(
            "carillon_consumer_failures", "Failures since events were handled", ["consumer"], registry=self.registry
        )
        self._ari = Histogram(
            "carillon_ari_seconds",
            "How long Asterisk took to answer",
            ["method", "resource"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        for measure in measures:
            Gauge(measure.name, measure.help, registry=self.registry).set_function(measure.read)
        self._ari_seconds: dict[tuple[str, str], Histogram] = {}  # labels() costs more than observe()

    def feed(self, committed: Iterable[Event]) -> None:
        """Count committed events."""
        for event in committed:
            if isinstance(event, CallEnded):
                self._ended.labels(event.cause).inc()
                self._talked.inc(event.seconds)
            elif isinstance(event, TaskEnded):
                self._tasks.labels(event.kind, str(event.outcome.__struct_config__.tag)).inc()

    def ari_request(self, method: str, path: str, seconds: float) -> None:
        """Count one request to Asterisk by the resource's name in its path."""
        resource = path.split("/", 2)[1]
        histogram = self._ari_seconds.get((method, resource))
        if histogram is None:
            histogram = self._ari_seconds[method, resource] = self._ari.labels(method, resource)
        histogram.observe(seconds)

    @operation("getMetrics", {200: PAGE})
    async def serve(self, request: web.Request) -> web.Response:
        """Show the metrics, for Prometheus."""
        live, deliveries = await self._health.live_calls(), await self._count_deliveries()
        for state in CallState:
            if state is not CallState.ENDED:
                self._live.labels(state.value).set(live.get(state.value, 0))
        for name in _DELIVERY_STATES:
            self._deliveries.labels(name).set(deliveries.get(name, 0))
        self._waiting.set(self._health.writes_waiting)
        for name, progress in self._consumers.progress().items() if self._consumers else ():
            self._behind.labels(name).set(progress.behind)
            self._failures.labels(name).set(progress.failures)
        return web.Response(body=generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


class MeasuredClient(AriClient):
    """An ARI client that measures the time of each answer; set `metrics` before it is opened."""

    metrics: Metrics | None = None

    async def request(self, method: str, path: str, query: Mapping[str, Any] | None, body: Any) -> bytes:
        """Send one request, as Client does, and measure it."""
        begun = time.monotonic()
        try:
            return await super().request(method, path, query, body)
        finally:
            if self.metrics:
                self.metrics.ari_request(method, path, time.monotonic() - begun)
