"""The running app as programs see it: every endpoint, bad input of every kind, two at once, and those who leave."""

import json
import math
import threading
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from api import HUB, SMALL, SVG, Api, answered, bomb, data_url, encoded, small, stroke
from browser import FAMILIES
from diffusers import DDPMPipeline, DDPMScheduler, UNet2DModel
from PIL import Image
from test_hub import NET, LoopbackHub

from aigc_demo.core.card import Card
from aigc_demo.services import cards
from aigc_demo.services.use_case import requests_of

ROOT = Path(__file__).resolve().parent.parent
DIFFUSION = [name for name in SMALL if name.startswith("diffusion_")]  # other families have their own files
PUBLIC = DIFFUSION


def always(api):
    """The same picture is drawn."""
    return api.file("diffusion_draw")


@pytest.fixture(scope="module")
def hub(hub_port, tmp_path_factory):
    """A hub on the port that the app was told of, with one tiny model."""
    root = tmp_path_factory.mktemp("hub")
    DDPMPipeline(UNet2DModel(**NET), DDPMScheduler()).save_pretrained(root / HUB)
    server = ThreadingHTTPServer(("127.0.0.1", hub_port), LoopbackHub)
    server.root, server.asked, server.claims = root, [], {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


# before a hub listens


@pytest.mark.parametrize("endpoint", ["diffusion_hub"])
def test_without_a_network_the_hub_is_one_sentence(api, endpoint):
    assert api.bad(endpoint).startswith("The hub cannot be reached from here.")


# every endpoint


def test_every_use_case_is_an_endpoint_and_there_are_no_others(api):
    found = api.client.get(f"{api.address}/gradio_api/info").json()["named_endpoints"]
    assert set(found) == {f"/{family}_{use_case}" for family in FAMILIES for use_case in requests_of(family)}


@pytest.mark.parametrize("endpoint", PUBLIC)
def test_every_endpoint_answers_gradios_client(program, hub, endpoint):
    answered(program, endpoint)


@pytest.mark.parametrize("kind", ["png", "gif", "mp4", "json"])
def test_a_saved_file_carries_its_card(api, tmp_path, kind):
    made, result = api.good("diffusion_draw", format=kind)
    file = tmp_path / made["orig_name"]
    file.write_bytes(api.client.get(made["url"]).content)
    card = cards.read(file)
    assert card.use_case == "diffusion_draw" and len(card.sha256) == 64
    asked = {name: value for name, value in small("diffusion_draw").items() if name != "format"}
    assert card.values == asked == result["card"]["values"] and result["seed"] == asked["seed"]


def test_a_run_streams_while_it_goes_on(api):
    asked = {**small("diffusion_draw"), "steps": 150}
    with api.client.stream("GET", api.start("diffusion_draw", list(asked.values()))) as answer:
        lines = [json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: [")]
    assert len(lines) > 3
    assert lines[0][0] is None and lines[0][1]["total"] == 151
    assert lines[-1][0]["url"].endswith(".png") and lines[-1][1]["level"] == -1


# numbers

NUMBERS = [
    *(("diffusion_draw", name) for name in ("digit", "steps", "seed", "guidance", "eta")),
    *(("diffusion_forward", name) for name in ("sample", "level")),
    ("diffusion_redraw", "level"),
    ("diffusion_walk", "frames"),
    ("diffusion_walk", "seed_to"),
    ("diffusion_grid", "seeds"),
    ("diffusion_samplers", "seed"),
    ("diffusion_cut", "many"),
    ("diffusion_beside", "steps"),
    ("diffusion_hub", "seed"),
]
NONSENSE = [math.nan, math.inf, -math.inf, 10**9 + 0.5, -1.5, 10**30, 10**400, True, "seven", "", None, [], [1], {}]


@pytest.mark.parametrize(("endpoint", "field"), NUMBERS)
def test_no_number_is_taken_on_trust(api, endpoint, field):
    answers = [api.bad(endpoint, **{field: value}) for value in NONSENSE]
    assert all("must be" in words or "is empty" in words for words in answers)


@pytest.mark.parametrize(
    ("endpoint", "field", "value", "words"),
    [
        ("diffusion_draw", "steps", 10**9, "Denoising steps must be between 1 and 1000, got 1000000000."),
        ("diffusion_draw", "steps", 2.5, "Denoising steps must be a whole number, got 2.5."),
        ("diffusion_draw", "seed", -1, "Seed must be between 0 and 4294967295, got -1."),
        ("diffusion_draw", "seed", 2**32, "Seed must be between 0 and 4294967295, got 4294967296."),
        ("diffusion_draw", "guidance", math.nan, "Guidance must be a number, got nan."),
        ("diffusion_draw", "guidance", None, "Guidance is empty. Fill in a number."),
        ("diffusion_draw", "digit", 10, "Digit must be one of -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, got 10."),
    ],
)
def test_sentences_say_what_to_do(api, endpoint, field, value, words):
    assert api.bad(endpoint, **{field: value}) == words


def test_whole_floats_are_whole(api):
    api.good("diffusion_draw", steps=2.0, seed=7.0)


# choices and texts


@pytest.mark.parametrize(
    ("endpoint", "field"),
    [("diffusion_draw", "sampler"), ("diffusion_beside", "mistake"), ("diffusion_grid", "format")],
)
def test_only_what_is_offered_can_be_chosen(api, endpoint, field):
    for value in ("plms", "DDIM", "x" * 100_000, "<b>ddim</b>", None, 3, True, ["ddim"], {"ddim": 1}):
        words = api.bad(endpoint, **{field: value})
        assert "must be one of" in words or "must be text" in words


IDS = ["", " ", "../secret", "a/../b", "https://example.org/a/b", "file:///etc/passwd", "a/b/c", "a b/c", "owner/\x00"]


@pytest.mark.parametrize("endpoint", ["diffusion_hub"])
def test_a_hub_id_is_checked_before_anything_is_asked(api, hub, endpoint):
    hub.asked.clear()
    for name in (*IDS, "七/七", "owner/name?x=1", "owner\\name"):
        assert api.bad(endpoint, name=name).startswith("A hub id looks like owner/name")
    assert "at most 200 characters, got 100000" in api.bad(endpoint, name="x" * 100_000)
    for name in (None, 7, ["lab/ddpm"], {"a": 1}):
        assert "must be text" in api.bad(endpoint, name=name)
    assert hub.asked == []
    assert "The hub has no model called lab/nothing" in api.bad(endpoint, name="lab/nothing")


# drawings

EMPTY, UNREADABLE, LARGE = "This drawing is empty.", "This file is not a picture", "Make it smaller"
DRAWINGS = {
    "blank": (data_url(encoded(Image.new("L", (224, 224), 255))), EMPTY),
    "black": (data_url(encoded(Image.new("RGB", (224, 224)))), EMPTY),
    "grey": (data_url(encoded(Image.new("L", (224, 224), 128))), EMPTY),
    "clear": (data_url(encoded(Image.new("RGBA", (224, 224), (0, 0, 0, 0)))), EMPTY),
    "huge": (data_url(encoded(Image.new("L", (5000, 5000), 255))), "has 25 megapixels"),
    "bomb": (data_url(bomb(13_000)), "has 169 megapixels"),
    "corrupt": (data_url(b"\x89PNG\r\n\x1a\n" + bytes(range(200))), UNREADABLE),
    "cut": (data_url(encoded(stroke())[:-60]), UNREADABLE),
    "svg": (data_url(SVG, "svg+xml"), UNREADABLE),
    "svg as png": (data_url(SVG), UNREADABLE),
    "other letters": ("data:image/png;base64,七", UNREADABLE),
    "page": ("data:text/html,<script>alert(1)</script>", UNREADABLE),
    "path": ("/etc/passwd", UNREADABLE),
    "address": ("https://example.org/x.png", UNREADABLE),
    "3 MB": ("x" * 3_000_000, "at most 2000000 characters, got 3000000"),
    "null": (None, "must be text"),
    "list": (["data:"], "must be text"),
    "number": (3, "must be text"),
    "file": ({"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, "was not uploaded here"),
}


@pytest.mark.parametrize("endpoint", ["diffusion_forward", "diffusion_redraw"])
def test_a_bad_drawing_is_one_sentence(api, endpoint):
    for name, (drawing, words) in DRAWINGS.items():
        assert words in api.bad(endpoint, drawing=drawing), name


def test_a_drawing_is_seen_whatever_its_colours(api):
    dark, light = (
        api.good("diffusion_forward", drawing=data_url(encoded(stroke(paper=paper, ink=255 - paper))))[1]
        for paper in (255, 0)
    )
    assert dark["card"]["values"]["drawing"] == light["card"]["values"]["drawing"]


# the request itself


def test_values_that_are_missing(api):
    for values in ([], [7], [7, 2, 7, "ddim", 1.5]):
        how, found = api.values("diffusion_draw", *values)
        assert how == "error" and f"Only {len(values)} of 8 values came" in api.judged(found)


def test_values_that_are_too_many_are_left_out(api):
    assert api.values("diffusion_draw", *small("diffusion_draw").values(), 1, "x", None)[0] == "complete"


DEEP, LONG = "[" * 100_000 + "]" * 100_000, "9" * 5000
BODIES = ["", "{", "[]", "{}", '{"data": 3}', '{"data": {"a": 1}}', '{"data": [1e]}', "\x00"]


def test_a_body_that_is_no_request(api):
    for body in (*BODIES, f'{{"data": {DEEP}}}', f'{{"data": [{LONG}]}}'):
        answer = api.post("diffusion_draw", body)
        assert answer.status_code in (400, 422) and "Traceback" not in answer.text and str(ROOT) not in answer.text


def test_an_endpoint_that_is_not_there(api):
    for name in ("nothing", "x" * 5000, "..%2f..%2fapp", "%00", "call", "diffusion_draw/x/y"):
        answer = api.post(name, '{"data": []}')
        assert answer.status_code in (404, 405) and len(answer.text) < 200


def test_nothing_runs_past_the_queue(api):
    for name in PUBLIC:
        for path in ("run", "api"):
            answer = api.client.post(f"{api.address}/gradio_api/{path}/{name}", json={"data": [*small(name).values()]})
            assert answer.status_code == 404, name


def test_the_queue_refuses_what_is_no_event(api):
    for body in ({"fn_index": 10**9}, {"fn_index": -5}, {"fn_index": "x"}, {"fn_index": None}, {}):
        answer = api.client.post(f"{api.address}/gradio_api/queue/join", json={"data": [], "session_hash": "a", **body})
        assert 400 <= answer.status_code < 500 and "Traceback" not in answer.text, answer.text


FILES = ["http://127.0.0.1:1/x", "HTTPS://example.org/x", "%68ttp://127.0.0.1:1/", "/etc/passwd", f"{ROOT}/app.py"]


def test_only_files_of_the_cache_are_served(api):
    for file in (*FILES, "..%2f..%2fapp.py", "/proc/self/environ", "", "C:/x", "//127.0.0.1/share", "data:text/html,x"):
        answer = api.client.get(f"{api.address}/gradio_api/file={file}")
        assert answer.status_code in (403, 404) and len(answer.text) < 300


# other languages


@pytest.mark.parametrize("accepted", ["zh", "zh-TW,zh;q=0.9,en;q=0.8", "zh-Hans-CN"])
def test_chinese_sentences(api, client, accepted):
    chinese = Api(api.address, client, "zh")
    chinese.post = lambda endpoint, body: client.post(
        f"{api.address}/gradio_api/call/{endpoint}",
        content=body,
        headers={"accept-language": accepted, "content-type": "application/json"},
    )
    assert chinese.bad("diffusion_draw", steps=0) == "“去噪步数”要在 1 到 1000 之间，收到的是 0。"
    assert "画板是空的" in chinese.bad("diffusion_forward", drawing=DRAWINGS["blank"][0])
    assert chinese.bad("diffusion_draw", seed=None).endswith("是空的。填一个数。")
    assert "作者/模型名" in chinese.bad("diffusion_hub", name="../x")
    how, found = chinese.values("diffusion_draw", 1)
    assert how == "error" and "只收到 1 个" in chinese.judged(found)


# run cards

CARD = {"aigc_demo": 1, "use_case": "diffusion_draw", "values": {"seed": 3}, "checkpoint": "", "sha256": ""}
BROKEN = "The run card in this file cannot be read."
CARDS = {
    "nothing": (b"", "This file carries no run card"),
    "words": (b"hello", "This file carries no run card"),
    "a picture": (encoded(stroke()), "This file carries no run card"),
    "half a picture": (encoded(stroke())[:40], "is not a picture that can be read"),
    "a list": (b"[1]", "This file carries no run card"),
    "deep": (b'{"aigc_demo": ' + b"[" * 50_000, "This file carries no run card"),
    "another format": (json.dumps({**CARD, "aigc_demo": 99}).encode(), BROKEN),
    "types": (json.dumps({**CARD, "values": [1]}).encode(), BROKEN),
    "names": (json.dumps({**CARD, "use_case": {"a": 1}}).encode(), BROKEN),
    "unknown model": (json.dumps({**CARD, "checkpoint": "../x"}).encode(), "There is no checkpoint called ../x."),
    "unknown tab": (json.dumps({**CARD, "use_case": "<script>"}).encode(), "There is no tab called ‹script›."),
}


def dropped(api, raw, name="card.json"):
    """How the page's event for a dropped file ends."""
    path = api.client.post(f"{api.address}/gradio_api/upload", files={"files": (name, raw)}).json()[0]
    return api.values("on_card", {"path": path, "meta": {"_type": "gradio.FileData"}})


def test_a_bad_card_is_one_sentence(api):
    for name, (raw, words) in CARDS.items():
        how, found = dropped(api, raw)
        assert how == "error" and words in api.judged(found), name


def test_a_good_card_opens(api):
    how, found = dropped(api, Card("diffusion_draw", {"seed": 3}).to_json().encode())
    assert how == "complete" and found[0]["tab"] == "diffusion_draw" and found[0]["values"] == {"seed": 3}


# after all of it


def test_the_log_has_no_failure_of_ours_and_no_file_lies_elsewhere(app_process, api):
    process, _, log = app_process
    assert process.poll() is None
    assert "event failed" not in log.read_text() and "Traceback" not in log.read_text()
    for place in ("home", "temporary"):
        assert [path for path in (log.parent / place).rglob("*") if path.is_file()] == []
    assert not list(ROOT.glob("*.png")) and not (ROOT / ".gradio").exists() and not (ROOT / "flagged").exists()
