"""What the server sends before any model is touched: pages by language, assets once, nothing too large."""

import asyncio
import gzip
import json
import re
import shutil
import socket
from functools import partial
from pathlib import Path

import brotli
import httpx
import pytest
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.checkpoints.store import Store
from aigc_demo.ui import serving
from aigc_demo.ui.app import build, serve

get, post = partial(httpx.get, timeout=60), partial(httpx.post, timeout=60)
HTML = '<html lang="en"><head></head><body><gradio-app></gradio-app>⟦shell.run⟧</body></html>'.encode()


def app_that_answers(body, kind=b"text/html", status=200):
    """An ASGI app with one answer; it counts how often it is asked."""

    async def app(scope, receive, send):
        app.asked += 1
        app.read = await receive()
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": body})

    app.asked = 0
    return app


def ask(app, path="/", method="GET", query=b"", body=b"", **headers):
    """One request -> status, headers, body."""
    found = {"body": b""}

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        if message["type"] == "http.response.start":
            found.update(status=message["status"], headers=dict(message["headers"]))
        else:
            found["body"] += message.get("body", b"")

    names = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": names}
    asyncio.run(app(scope, receive, send))
    return found["status"], found["headers"], found["body"]


def test_a_page_is_made_once_per_language_and_host():
    inner = app_that_answers(HTML)
    app = serving.Pages(inner, ("gan", "gpt"))
    chinese = ask(app, accept_language="zh-HK", host="a")[2]
    assert "运行" in chinese.decode() and b'lang="zh-CN"' in chinese
    assert b"Run" in ask(app, query=b"lang=en", accept_language="zh-CN", host="a")[2]
    assert ask(app, accept_language="zh-TW", host="a", query=b"tab=x&seed=1")[2] == chinese
    assert inner.asked == 2
    ask(app, accept_language="zh", host="b")
    assert inner.asked == 3
    assert b'LX_PAGE="gan"' in ask(app, "/gan", accept_language="zh", host="b")[2]
    assert inner.asked == 4


def test_an_old_link_is_sent_to_its_page():
    inner = app_that_answers(HTML)
    app = serving.Pages(inner, ("gan", "gpt"))
    status, headers, _ = ask(app, query=b"tab=gpt_write&seed=7&task=%E8%AF%B4")
    assert (status, headers[b"location"]) == (307, b"./gpt?tab=gpt_write&seed=7&task=%E8%AF%B4")
    assert inner.asked == 0
    assert ask(app, "/gpt", query=b"tab=gpt_write&seed=7")[0] == 200


def test_a_page_is_compressed_as_the_browser_likes_and_not_sent_twice():
    app = serving.Pages(app_that_answers(HTML))
    plain = ask(app)[2]
    _, headers, body = ask(app, accept_encoding="gzip, br")
    assert headers[b"content-encoding"] == b"br" and brotli.decompress(body) == plain
    assert gzip.decompress(ask(app, accept_encoding="gzip")[2]) == plain
    status, _, body = ask(app, accept_encoding="gzip, br", if_none_match=headers[b"etag"].decode())
    assert (status, body) == (304, b"")


def test_pages_are_kept_in_bounds():
    app = serving.Pages(app_that_answers(HTML))
    for number in range(serving.PAGES + 20):
        ask(app, host=f"host{number}")
    assert len(app.kept.answers) == serving.PAGES


def test_kept_answers_stay_below_their_size():
    kept = serving.Kept(count=100, size=1000)
    for number in range(50):
        kept.put(number, (200, [], b"x" * 90))
        kept.put(number, (200, [], b"x" * 90))
    assert kept.size == sum(len(answer[2]) for answer in kept.answers.values()) <= 1000
    assert kept.get(49) is not None and kept.get(0) is None


def test_assets_are_read_once_and_kept_by_the_browser():
    inner = app_that_answers(b"let a = 1;" * 200, b"text/javascript")
    app = serving.Assets(inner)
    for _ in range(3):
        status, headers, body = ask(app, "/assets/index-abc.js", accept_encoding="br")
    assert inner.asked == 1 and status == 200
    assert b"immutable" in headers[b"cache-control"] and len(body) < 200


def test_a_missing_asset_is_not_kept():
    inner = app_that_answers(b"no", b"text/plain", 404)
    app = serving.Assets(inner)
    assert ask(app, "/assets/x.js")[0] == ask(app, "/assets/x.js")[0] == 404
    assert inner.asked == 2


def test_shipped_files_are_those_of_one_folder(tmp_path):
    (tmp_path / "run.png").write_bytes(b"png")
    app = serving.Assets(app_that_answers(b""), tmp_path)
    assert ask(app, "/shipped/run.png")[2] == b"png"
    for path in ("/shipped/../secret", "/shipped//etc/passwd", "/shipped/%2e%2e/x", "/shipped/"):
        assert ask(app, path)[0] == 404


@pytest.mark.parametrize("path", ["/gradio_api/file=http://example.org/x", "/gradio_api/file=HTTPS://example.org"])
def test_files_of_other_hosts_are_refused(path):
    inner = app_that_answers(b"")
    assert ask(serving.Limits(inner), path)[0] == 403 and inner.asked == 0


def test_large_bodies_are_refused_unread():
    inner = app_that_answers(b"")
    app = serving.Limits(inner)
    assert ask(app, "/gradio_api/queue/join", "POST", content_length="30000000")[0] == 413 and inner.asked == 0
    assert ask(app, "/gradio_api/queue/join", "POST", content_length="what")[0] == 400
    assert ask(app, "/gradio_api/queue/join", "POST", content_length="100")[0] == 200
    assert ask(app, "/gradio_api/upload", "POST", content_length="30000000")[0] == 200  # Gradio bounds uploads itself


def test_what_nobody_could_mean_is_refused_and_what_nobody_foresaw_is_ours():
    def after(error, before):
        error.__context__ = before
        return serving.failure(error)[0]

    assert serving.failure(KeyError("x"))[0] == 404 and serving.failure(ValueError("x"))[0] == 500
    assert after(ValueError("NaN"), RequestValidationError([])) == 400
    assert after(RuntimeError("begun"), HTTPException(404)) == 404


def test_a_large_body_without_a_length_ends_the_request():
    inner = app_that_answers(b"")
    ask(serving.Limits(inner), "/gradio_api/queue/join", "POST", body=b"x" * (serving.JSON_LIMIT + 1))
    assert inner.read == {"type": "http.disconnect"}


@pytest.fixture(scope="module")
def assets(tmp_path_factory):
    """A folder for weights, with nothing in it."""
    return tmp_path_factory.mktemp("assets")


@pytest.fixture(scope="module")
def address(assets):
    """The real page, served, over weights that are not there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    demo = build(Store(assets, device="cpu"))
    _, url = serve(demo, "127.0.0.1", port)
    yield url.rstrip("/")
    demo.close()


@pytest.mark.parametrize("path", ["/", "/gan", "/hf_text", "/config", "/gradio_api/info"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_served_untranslated(address, path, lang):
    answer = get(address + path, params={"lang": lang})
    assert answer.status_code == 200 and "⟦" not in answer.text
    assert answer.headers["content-language"].startswith(lang)


def test_the_page_is_whole_json_and_points_nowhere_else(address):
    page = get(address + "/?lang=en").text
    config = re.search(r"window\.gradio_config = (\{.*?\});</script>", page, re.DOTALL)
    assert json.loads(config[1])["title"] == "Luoxia · AIGC lab"
    outside = {
        host for host in re.findall(r"https?://([\w.-]+)", re.sub(r"<script>.*?</script>", "", page, flags=re.S))
    }
    assert outside <= {"127.0.0.1", "www.w3.org"}


def test_the_page_carries_headers_that_protect(address):
    headers = get(address).headers
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
    assert "default-src 'self'" in headers["content-security-policy"]


def test_our_scripts_and_styles_are_files_that_a_browser_keeps(address):
    pages = {name: get(f"{address}/{name}?lang=en").text for name in ("", "gan", "gpt")}
    files = {name: re.findall(r'(?:src|href)="\.(/kept-\w+\.(?:js|css))"', page) for name, page in pages.items()}
    for name, page in pages.items():
        style, *scripts = files[name][:-1]
        assert style == files[name][-1] and style.endswith(".css") and len(scripts) == 2
        assert f'<link rel="preload" as="style" href=".{style}">' in page.partition("</head>")[0]
        assert page.index(f'<script defer fetchpriority="high" src=".{scripts[1]}">') < page.index(
            '<script type="module"'
        )
        assert "luoxia" not in page.partition("window.gradio_config")[0]
        for path in (style, *scripts):
            answer = get(address + path)
            assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
            assert answer.headers["content-type"].startswith("text/css" if path == style else "text/javascript")
    assert files["gan"][1] == files["gpt"][1] == files[""][1], "what pages share is one file"
    assert len({file for some in files.values() for file in some}) == 7
    chinese = re.search(r'src="\.(/kept-\w+\.js)"', get(f"{address}/gan?lang=zh").text)
    assert chinese[1] != files["gan"][1] and "看见生成式 AI 的内部" in get(address + chinese[1]).text


def test_events_cannot_be_run_past_the_queue(address):
    for name in ("diffusion_draw", "on_card"):
        assert post(f"{address}/gradio_api/run/{name}", json={"data": []}).status_code == 404


def test_there_is_no_monitoring_and_no_run_history(address):
    for path in ("/monitoring", "/monitoring/summary", "/gradio_api/runs", "/docs", "/openapi.json"):
        assert get(address + path).status_code in (401, 403, 404), path


def test_a_body_of_30_megabytes_is_refused(address):
    answer = post(address + "/gradio_api/queue/join", content=b"x" * 30_000_000)
    assert answer.status_code == 413
    assert get(address).status_code == 200


def test_weights_that_are_missing_or_damaged_are_a_sentence_until_they_are_put_right(address, assets):
    def draw(seed=7):
        values = {"data": [7, seed, 1, "ddim", 1.5, 0, "diffusion-digits", "png"]}
        event = post(f"{address}/gradio_api/call/diffusion_draw", json=values).json()["event_id"]
        return get(f"{address}/gradio_api/call/diffusion_draw/{event}", timeout=60).text

    name = Path("checkpoints") / "diffusion-digits.safetensors"
    assert "The weights of diffusion-digits are not on this machine. Run: python -m aigc_demo.training" in draw()
    (assets / name).parent.mkdir()
    whole = (ASSETS / name).read_bytes()
    for damaged in (b"", whole[:1000], whole[:-1000], b"\xff" * 8 + whole[8:]):
        (assets / name).write_bytes(damaged)
        said = draw()
        assert "The weights file of diffusion-digits is damaged. Fetch the project again" in said
        assert str(assets) not in said and "Traceback" not in said
    shutil.copy(ASSETS / name, assets / name)
    assert "event: complete" in draw()
    (assets / name).unlink()  # it is in memory: nobody notices
    assert "event: complete" in draw(8)
