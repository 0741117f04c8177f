"""A flood from one session or one address is slowed; a class behind one address is not."""

import asyncio
import json

import httpx
import pytest
from conftest import running

from aigc_demo.ui import flood

MOST = {"heavy": 3, "light": 6, "upload": 2, "join": 2, "address": 4}


@pytest.fixture
def ask():
    """POST through the middleware -> status and what was said; `ask.read` is what the app behind it was given."""

    async def app(scope, receive, send):
        message = await receive()
        post.read = message["body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    wall = flood.Flood(app, {7, "diffusion_draw"}, MOST)
    for buckets in (*wall.sessions.values(), *wall.addresses.values()):
        buckets.clock = lambda: 0.0  # a busy machine takes seconds, in which a bucket would fill

    def post(path, body=b"{}", address="10.0.0.1", query=b"", **headers):
        sent, parts = [], [body[:9], body[9:]]
        names = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "POST", "path": path, "client": (address, 1), "headers": names}

        async def receive():
            return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

        async def send(message):
            sent.append(message)

        asyncio.run(wall({**scope, "query_string": query}, receive, send))
        return sent[0]["status"], json.loads(sent[1]["body"]).get("error", ""), dict(sent[0]["headers"])

    post.wall = wall
    return post


def joined(session, number=7):
    return json.dumps({"data": ['"session_hash": "x"'], "fn_index": number, "session_hash": session}).encode()


def test_a_session_is_slowed_with_a_sentence_in_its_language(ask):
    path = "/gradio_api/queue/join"
    assert [ask(path, joined("a"))[0] for _ in range(5)] == [200, 200, 200, 429, 429]
    status, said, headers = ask(path, joined("a"), referer="http://x/gan?lang=zh")
    assert said == "请求太快了。过 20 秒再试。" and headers[b"retry-after"] == b"20"
    assert ask(path, joined("a"), accept_language="en")[1] == "Too many requests came from here. Try again in 20 s."
    assert ask(path, joined("b"))[0] == 200 and ask.read == joined("b")[:9]
    assert [ask(path, joined("a", 8))[0] for _ in range(7)] == [200] * 6 + [429]  # an event of milliseconds


def test_an_address_has_many_times_as_much_as_a_session(ask):
    path = "/gradio_api/call/v2/diffusion_draw"
    assert [ask(path)[0] for _ in range(13)] == [200] * 12 + [429]
    assert ask(path, address="10.0.0.2")[0] == 200
    for place, many in (("/gradio_api/upload", 8), ("/room/join", 8)):
        assert [ask(place)[0] for _ in range(many + 1)] == [200] * many + [429]
    assert ask("/room/hand")[0] == 200


def test_a_bucket_fills_in_a_minute_and_few_are_kept(monkeypatch):
    now = [0.0]
    buckets = flood.Buckets(60, lambda: now[0])
    assert [buckets.take("a") for _ in range(61)] == [0] * 60 + [1]
    now[0] = 2
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 1]
    monkeypatch.setattr(flood, "KEPT", 3)
    for key in "bcdef":
        buckets.take(key)
    assert list(buckets.filled) == ["d", "e", "f"]
    assert not any(flood.Buckets(0).take("a") for _ in range(100))


def test_numbers_come_from_the_environment():
    assert flood.limits("") == flood.LIMITS
    assert flood.limits("heavy=5, join=0") == {**flood.LIMITS, "heavy": 5, "join": 0}
    for wrong in ("heavy", "heavy=-1", "speed=9"):
        with pytest.raises(ValueError, match="AIGC_LIMITS"):
            flood.limits(wrong)


def test_a_class_of_a_hundred_behind_one_address_is_not_slowed():
    wall = flood.Flood(None, (), flood.LIMITS)
    for kind, each in (("heavy", 20), ("light", 200), ("upload", 3), ("join", 2)):
        assert not any(wall.wait(kind, f"{kind}{person}", "school") for person in range(100) for _ in range(each))


def test_the_app_knows_its_heavy_events_and_whose_address_a_proxy_tells(tmp_path):
    for _, address, _ in running(tmp_path, AIGC_LIMITS="heavy=1 address=2", AIGC_WARM="0"):
        with httpx.Client(base_url=address, trust_env=False) as client:

            def draw(name, place):
                headers = {"x-forwarded-for": place, "accept-language": "en"}
                return client.post(f"/gradio_api/call/{name}", json={"data": []}, headers=headers)

            assert [draw("diffusion_draw", "192.0.2.7").status_code for _ in range(3)] == [200, 200, 429]
            assert draw("diffusion_draw", "192.0.2.8").status_code == 200  # the proxy of this machine is trusted
            assert [draw("diffusion_forward", "192.0.2.7").status_code for _ in range(4)] == [200] * 4
            assert "Try again in" in draw("diffusion_draw", "192.0.2.7").json()["detail"]
