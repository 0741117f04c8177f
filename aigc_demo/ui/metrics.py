"""Figures for whoever runs the app, at /metrics in Prometheus' text format; there are none unless AIGC_METRICS is 1.

They name no person and no request: answers by kind and status, queues, errors, kept answers, memory of the process.
"""

import os
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from aigc_demo.services.kept import Kept
from aigc_demo.ui import addresses, events, gradio_private
from aigc_demo.ui.asgi import App, Message, Receive, Scope, Send, answer

PATH = "/metrics"
KINDS = {  # beginning of an address -> what it is for; the first one counts
    "/gradio_api/queue/join": "event",
    "/gradio_api/call/": "event",
    "/gradio_api/queue/data": "stream",
    "/gradio_api/upload": "upload",
    "/gradio_api/file": "file",
    "/gradio_api/": "other",
    "/room/": "room",
}
SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100)


def offered() -> bool:
    """Whether the host has asked for it."""
    return os.environ.get("AIGC_METRICS", "") == "1"


def kind_of(path: str) -> str:
    """What an address is for; pages and their files are one kind."""
    return next((kind for start, kind in KINDS.items() if path.startswith(start)), "page")


class Metrics:
    """ASGI middleware that counts all answers and tells at PATH. demo: whose queues; kept: the answers kept."""

    def __init__(self, app: App, demo: Any, kept: Kept):
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

        self.app, self.demo = app, demo
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        labels = ("kind", "status")
        self.answers = Counter("aigc_answers", "HTTP answers", labels, registry=self.registry)
        self.seconds = Histogram("aigc_answer_seconds", "Time", ("kind",), buckets=SECONDS, registry=self.registry)

        def gauge(name: str, told: str, value: Callable[[str], float], label: str, names: Iterable[str]) -> None:
            made = Gauge(name, told, (label,), registry=self.registry)
            for one in names:
                made.labels(one).set_function(partial(value, one))

        gauge("aigc_queue_waiting", "Events that wait", lambda name: len(self.waits(name)), "queue", events.LIMITS)
        longest = lambda name: max(self.waits(name), default=0.0)  # noqa: E731
        gauge("aigc_queue_seconds", "What the first of them has waited", longest, "queue", events.LIMITS)
        gauge(
            "aigc_events_failed", "Ended in a sentence, or by our fault", events.ended.__getitem__, "why", events.ended
        )
        figures = {"answers": lambda: len(kept), "bytes": lambda: kept.size, "hits": lambda: kept.hits}
        gauge("aigc_kept", "Answers that are kept for who asks again", lambda name: figures[name](), "what", figures)

    def waits(self, name: str) -> list[float]:
        """Seconds that the events of a queue have waited."""
        return [time.monotonic() - since for since in gradio_private.waiting(self.demo, name)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = addresses.path(scope)
        if path == PATH:
            from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

            found = generate_latest(self.registry)
            await answer(send, 200, [(b"content-type", CONTENT_TYPE_LATEST.encode())], found)
            return
        kind, began = kind_of(path), time.perf_counter()

        async def count(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.answers.labels(kind, str(message["status"])).inc()
            await send(message)

        try:
            await self.app(scope, receive, count)
        finally:
            self.seconds.labels(kind).observe(time.perf_counter() - began)
