"""Rooms over HTTP: real clients of a running app."""

import io
import re
import threading
import time
from urllib.parse import urljoin

import httpx
import pytest
from conftest import running
from PIL import Image
from rooms import KEY, Caller, picture

from aigc_demo.services.room import lessons
from aigc_demo.ui.rooms import tabs

CARD = "gan.predict_limit"


@pytest.fixture(scope="module")
def app_url(tmp_path_factory):
    """The app with rooms, below a prefix that nothing in front of it takes away."""
    folder = tmp_path_factory.mktemp("rooms")
    for _, address, _ in running(folder, AIGC_PRESENTER_KEY=KEY, GRADIO_ROOT_PATH="/lab", AIGC_WARM="0"):
        yield address


def test_a_prefix_may_be_kept_or_taken_away_by_what_stands_in_front(app_url):
    room = Caller(app_url).open().room
    assert Caller(app_url).join(room).room == Caller(f"{app_url}/lab").join(room).room == room


def test_links_of_every_age_open_below_a_prefix(app_url):
    with httpx.Client(follow_redirects=True, trust_env=False, timeout=60) as client:
        for front in (app_url, f"{app_url}/lab"):
            answer = client.get(f"{front}/?tab=gpt_write&seed=7")
            assert str(answer.url) == f"{front}/gpt?tab=gpt_write&seed=7"
            base = urljoin(str(answer.url), re.search('<base href="([^"]*)"', answer.text)[1])
            assert base == f"{front}/"
            first = re.search(r'rel="modulepreload" href="([^"]*)"', answer.text)[1]
            assert client.get(urljoin(base, first)).status_code == 200
            assert str(client.get(f"{front}/?tab=hf_text").url) == f"{front}/hf_text"


def test_thirty_people_poll_and_all_move_within_two_seconds(app_url):
    presenter = Caller(app_url).open()
    moved, until = [], time.monotonic() + 30

    def take_part(place):
        caller = Caller(app_url, "zh" if place % 2 else "en").join(presenter.room)
        seen = 0
        while seen < 2 and time.monotonic() < until:
            time.sleep(1)
            state = caller.call("seat", read=True)
            if state["move"] > seen and state["now"]:
                seen = state["move"]
                moved.append((seen, state["now"]["link"], time.monotonic()))

    people = [threading.Thread(target=take_part, args=(place,)) for place in range(30)]
    for person in people:
        person.start()
    while presenter.call("desk", read=True)["people"] < 30:
        assert time.monotonic() < until
        time.sleep(0.2)
    for at in (1, 6):  # the sixth step is on another page
        began = time.monotonic()
        link = presenter.call("step", at=at)["now"]["link"]
        while sum(found[1] == link for found in moved) < 30:
            assert time.monotonic() < until
            time.sleep(0.05)
        assert max(found[2] for found in moved if found[1] == link) - began <= 2
    for person in people:
        person.join()
    assert presenter.call("desk", read=True)["people"] == 30


def test_presenting_needs_the_key_and_people_need_a_seat(app_url):
    presenter = Caller(app_url).open()
    person = Caller(app_url).join(presenter.room)
    for token in ("", person.token, KEY, "x"):
        stranger = Caller(app_url)
        stranger.room, stranger.token = presenter.room, token
        for name in ("step", "gather", "lower", "show", "teach", "close", "qr"):
            assert stranger.refused(name) == (403, "Only the teacher of this room can do that.")
        for name in ("desk", "source"):
            assert stranger.refused(name, read=True)[0] == 403
    stranger.token = "x"
    for name in ("follow", "hand", "vote", "post"):
        assert stranger.refused(name)[0] == 404
    assert stranger.refused("seat", read=True)[0] == 404
    assert Caller(app_url).refused("open", passphrase="x") == (403, "This is not the passphrase.")
    assert Caller(app_url, "zh").refused("open") == (403, "口令不对。")
    assert presenter.call("desk", read=True)["people"] == 1
    assert Caller(app_url).call("open", passphrase=KEY, again=presenter.room)["key"] == presenter.token


def test_a_bad_call_is_a_sentence(app_url):
    caller = Caller(app_url)
    assert caller.refused("join", room="ZZZZZ")[0] == 404
    assert caller.refused("nothing")[0] == caller.refused("open", read=True)[0] == 404
    for body in (b"[]", b"{", b"\xff", b"[" * 100_000):
        assert caller.client.post("join", content=body).status_code == 400
    assert caller.client.post("join", content=b" " * 700_000).status_code == 400
    presenter = Caller(app_url).open()
    assert presenter.refused("step", at=99) == (400, "Steps of this lesson go from 0 to 7.")
    assert presenter.refused("teach", lesson="title: [")[1].startswith("Line 1 is no YAML")
    assert presenter.refused("qr", address="javascript:alert(1)")[0] == 400
    assert presenter.call("desk", read=True)["at"] == 0


def test_a_post_is_seen_by_the_presenter_first_and_goes_with_the_room(app_url):
    presenter = Caller(app_url).open()
    ann, bob = Caller(app_url).join(presenter.room), Caller(app_url).join(presenter.room)
    words = "<img src=x onerror=alert(1)>"
    ann.call("post", tab="diffusion_draw", values={"digit": 3, "seed": 9}, words=words, picture=picture(32))
    (post,) = presenter.call("desk", read=True)["wall"]
    assert (post["words"], post["shown"], post["link"]) == (
        words,
        False,
        "./diffusion?tab=diffusion_draw&digit=3&seed=9",
    )
    assert bob.call("wall", read=True)["wall"] == [] and bob.call("seat", read=True)["posts"] == 0
    presenter.call("show", post=post["id"], shown=True)
    assert [one["id"] for one in bob.call("wall", read=True)["wall"]] == [post["id"]]
    answer = bob.ask("picture", read=True, post=post["id"])
    assert answer.headers["content-type"] == "image/png" and answer.headers["x-content-type-options"] == "nosniff"
    assert Image.open(io.BytesIO(answer.content)).size == (32, 32)
    presenter.call("show", post=post["id"], shown=False)
    assert bob.call("wall", read=True)["wall"] == []
    presenter.call("close")
    assert bob.refused("picture", read=True, post=post["id"])[0] == bob.refused("seat", read=True)[0] == 404


def test_guesses_are_counted_live_in_the_words_of_the_page(app_url):
    presenter = Caller(app_url, "zh").open()
    people = [Caller(app_url).join(presenter.room) for _ in range(3)]
    for person, answer in zip(people, ("right", "b", "b"), strict=True):
        person.call("vote", card=CARD, answer=answer)
    (vote,) = presenter.call("desk", read=True)["votes"]
    assert vote["counts"] == [1, 2, 0] and vote["question"].startswith("让条件 GAN") and len(vote["answers"]) == 3


def test_a_qr_code_holds_the_address(app_url):
    presenter = Caller(app_url).open()
    rows = presenter.call("qr", address=f"{app_url}/?room={presenter.room}")["rows"]
    assert len(rows) == len(rows[0]) >= 21 and set("".join(rows)) == {"0", "1"}


@pytest.mark.parametrize("name", lessons.SHIPPED)
def test_every_link_of_a_shipped_lesson_is_a_page(app_url, name):
    for step in lessons.read(lessons.shipped(name), tabs()).steps:
        answer = httpx.get(f"{app_url}/{step.link.removeprefix('./')}", timeout=60)
        assert answer.status_code == 200 and "gradio_config" in answer.text, step.link
