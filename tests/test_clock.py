"""The clock of the machine is set, an hour on or back, while the app runs: nothing that lasts is measured by it."""

import re
import time
from pathlib import Path

import gradio as gr
import pytest
from gradio.queueing import Event

from aigc_demo.core.personal import Personal
from aigc_demo.services.room import lessons
from aigc_demo.services.room.rooms import Rooms
from aigc_demo.ui import flood, gradio_private

ROOT = Path(__file__).resolve().parents[1]
HOUR = 3600.0
DATES = {"aigc_demo/services/gpt/token_parts.py"}  # when a token was drawn; the page compares it with its own clock


@pytest.fixture(params=[HOUR, -HOUR, 30 * 24 * HOUR])
def jump(request, monkeypatch):
    """Sets the clock."""
    real = time.time

    def do():
        monkeypatch.setattr(time, "time", lambda: real() + request.param)

    return do


def test_a_room_stays(jump):
    rooms = Rooms("key", {"gpt_write"}, set())
    lesson = lessons.read(
        'title: One\nsteps:\n  - {title: A, link: "gpt?tab=gpt_write", task: Write.}\n', {"gpt_write"}
    )
    room = rooms.open(lesson)
    jump()
    assert rooms.presented(room.code, room.key) is room


def test_nobody_waits_an_hour_or_is_let_off(jump):
    bucket = flood.Buckets(60)
    assert [bucket.take("one") for _ in range(60)] == [0] * 60
    jump()
    assert 0 < bucket.take("one") <= 1.1


def test_a_model_of_one_person_stays(jump):
    kept = Personal[str]()
    token = kept.keep("trained here")
    jump()
    assert kept.find(token) == "trained here"


def test_the_queue_keeps_its_order_and_its_waits(jump):
    with gr.Blocks() as blocks:
        gr.Button().click(lambda: None, concurrency_id="device", concurrency_limit=9)
    blocks.queue()
    gradio_private.rest(blocks)
    gradio_private.take_turns(blocks)
    queue, fn = blocks._queue, list(blocks.fns.values())[-1]
    queue.create_event_queue_for_fn(fn)
    waiting = queue.event_queue_per_concurrency_id["device"].queue
    waiting.append(Event("first", fn, None, None))
    jump()
    waiting.append(Event("second", fn, None, None))
    now = time.monotonic()
    assert all(0 <= now - since < 60 for since in gradio_private.waiting(blocks, "device"))
    assert [queue.get_events()[0][0].session_hash for _ in range(2)] == ["first", "second"]


def test_no_length_of_time_is_taken_from_the_clock_of_the_machine():
    found = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "aigc_demo").rglob("*.py")
        if re.search(r"\btime\.time\(|\bdatetime\.now\(", path.read_text("utf-8"))
    }
    assert found <= DATES, "use time.monotonic, unless it is a date that is told"
