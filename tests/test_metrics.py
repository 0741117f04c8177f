"""Figures for the host: none unless asked for, and they name nobody."""

import asyncio

import pytest
from prometheus_client.parser import text_string_to_metric_families

from aigc_demo.core.errors import BadRequestError
from aigc_demo.services.kept import Kept
from aigc_demo.ui import events, metrics
from aigc_demo.ui.page import Page


@pytest.fixture
def ask():
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 404 if "nothing" in scope["path"] else 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    kept = Kept()
    kept.put("a", b"x" * 100)
    kept.get("a")
    with Page() as demo:
        pass
    wall = metrics.Metrics(app, demo, kept)

    def get(path):
        sent = []

        async def send(message):
            sent.append(message)

        asyncio.run(wall({"type": "http", "method": "GET", "path": path, "headers": []}, None, send))
        return sent[1]["body"].decode()

    return get


def figures(text):
    families = text_string_to_metric_families(text)
    return {(found.name, *found.labels.values()): found.value for family in families for found in family.samples}


def test_answers_queues_errors_cache_and_memory_are_told(ask):
    for path in ("/", "/gan", "/nothing", "/gradio_api/call/diffusion_draw/abc", "/gradio_api/file=/secret/name.png"):
        ask(path)
    before = figures(ask("/metrics"))
    events.report(BadRequestError("blank", field="seed"), None)
    text = ask("/metrics")
    found = figures(text)
    assert found["aigc_answers_total", "page", "200"] == 2 and found["aigc_answers_total", "page", "404"] == 1
    assert found["aigc_answers_total", "event", "200"] == 1 == found["aigc_answer_seconds_count", "event"]
    assert found["aigc_queue_waiting", "device"] == 0 == found["aigc_queue_seconds", "together"]
    assert found["aigc_events_failed", "sentence"] == before["aigc_events_failed", "sentence"] + 1
    assert (found["aigc_kept", "answers"], found["aigc_kept", "hits"]) == (1, 1)
    assert "secret" not in text and "abc" not in text


def test_it_is_off_unless_the_host_says_so(monkeypatch, app_url, client):
    assert client.get(f"{app_url}/metrics").status_code == 404
    monkeypatch.setenv("AIGC_METRICS", "1")
    assert metrics.offered()
