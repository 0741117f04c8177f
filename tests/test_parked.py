"""Large first values of views wait at an address of their own; every page stays light."""

import asyncio
import json

import brotli
import pytest
from browser import FAMILIES, open_tab, part

from aigc_demo.ui import parked, serving

LIGHT = 450_000  # bytes of a page, uncompressed
LONG = {"rows": list(range(parked.LARGE))}


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """What a test parks is gone after it."""
    monkeypatch.setattr(parked, "kept", {})


def test_only_a_large_value_without_words_of_the_page_is_parked():
    small, spoken = {"rows": [1]}, {"rows": ["⟦shell.run⟧"] * 9999}
    assert parked.parked(small) is small and parked.parked(spoken) is spoken and parked.parked(None) is None
    assert not parked.kept
    held = parked.parked(LONG)
    assert set(held) == {"at"} and held == parked.parked(json.loads(json.dumps(LONG)))
    assert json.loads(parked.kept[held["at"].removeprefix(".")]) == LONG


@pytest.mark.parametrize("encoding", [b"br", b""])
def test_a_parked_value_is_sent_compressed_and_kept_by_the_browser(encoding):
    path = parked.parked(LONG)["at"].removeprefix(".")
    sent = []

    async def take(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"accept-encoding", encoding)]}
    asyncio.run(serving.Assets(None)(scope, None, take))
    headers, body = dict(sent[0]["headers"]), sent[1]["body"]
    assert sent[0]["status"] == 200 and headers[b"content-type"] == b"application/json"
    assert b"immutable" in headers[b"cache-control"] and headers.get(b"content-encoding", b"") == encoding
    assert json.loads(brotli.decompress(body) if encoding else body) == LONG


@pytest.mark.parametrize("page", ["", *FAMILIES])
def test_a_page_is_light(app_url, client, page):
    for lang in ("zh", "en"):
        assert len(client.get(f"{app_url}/{page}?lang={lang}").content) <= LIGHT


def test_a_parked_value_is_shown(visit):
    page = visit(at="gpt")
    open_tab(page, "gpt_attention")
    part(page, "gpt_attention", "view", ".lx-attend-grid canvas").first.wait_for()
    assert [one for one in page.notes.requests if parked.PREFIX in one]
