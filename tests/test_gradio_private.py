"""What we use of Gradio beyond its public interface is there, and does what it is used for."""

import asyncio
import json
import tracemalloc
from importlib import resources
from types import SimpleNamespace

import gradio as gr
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from gradio.queueing import Event
from gradio.state_holder import SessionState

from aigc_demo.ui.gradio_private import (
    BUSY,
    CONFIG,
    IDLE,
    UNREAD,
    Session,
    Sessions,
    keep_sessions,
    rest,
    slim,
    take_turns,
)
from aigc_demo.ui.page import Page
from aigc_demo.ui.preload import FOLDER, files, known, links, styles
from aigc_demo.ui.widgets import raw


@pytest.fixture
def blocks():
    with gr.Blocks() as blocks:
        gr.Textbox("hello")
        gr.State([1])
    blocks.state_session_capacity = 2
    return blocks


@pytest.fixture
def holder(blocks):
    class Server:
        def get_blocks(self):
            return blocks

    keep_sessions(app := Server())
    assert isinstance(app.state_holder, Sessions) and blocks.state_holder is app.state_holder
    return app.state_holder


def parts(blocks):
    """Ids of the box and of the state."""
    return [key for key, part in blocks.blocks.items() if isinstance(part, gr.Textbox | gr.State)]


def test_a_raw_component_stays_raw_when_an_update_makes_it_anew(blocks):
    with blocks:
        choice = raw(gr.Radio([1, 2]))
        blocks.load(lambda: gr.update(interactive=False), None, choice)
    event, session = next(iter(blocks.fns.values())), Session(blocks)
    asyncio.run(blocks.postprocess_data(event, gr.update(interactive=False), session))
    anew = session[choice._id]
    assert anew is not choice and not anew.interactive and anew.preprocess(0.05) == 0.05
    with pytest.raises(gr.Error, match="not in the list"):
        gr.Radio([1, 2]).preprocess(0.05)


def test_a_session_begins_without_a_copy_of_the_page(blocks, holder):
    assert SessionState(blocks).config_values and not holder["a"].config_values
    assert isinstance(holder["a"], Session) and holder["a"] is holder["a"]
    assert holder["a"].blocks_config.fns.keys() == blocks.fns.keys()


def test_a_session_takes_little_memory_and_the_events_of_the_api_come_first_in_it():
    with Page() as demo:
        for place in range(100):
            gr.Button().click(
                lambda: None, api_name=f"call_{place}", api_visibility="private" if place % 2 else "public"
            )
    holder = Sessions()
    holder.set_blocks(demo)
    tracemalloc.start()
    held = [holder[str(place)] for place in range(20)]
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken / len(held) < 2000
    names = [event.api_visibility for event in held[0].blocks_config.fns.values()]
    assert names == ["public"] * 50 + ["private"] * 50


def test_what_one_visitor_has_no_other_sees(blocks, holder):
    box, state = parts(blocks)
    holder["a"][state] = [7]
    holder["a"]._update_value_in_config(box, "mine")
    holder["a"][box] = gr.Textbox("changed")
    assert holder["a"][state] == [7] and holder["b"][state] == [1]
    assert holder["b"][box].value == "hello" and not holder["b"].config_values
    assert holder["a"][box].value == "changed"
    assert state in holder["a"] and box in holder["b"] and not [*holder["a"].components]


def test_the_oldest_session_goes_when_there_are_too_many(blocks, holder):
    for name in "abc":
        holder[name]
    assert list(holder.session_data) == ["b", "c"]


def test_the_queue_looks_less_often_where_gradio_says_how_often(blocks):
    before = blocks._queue.sleep_when_free
    rest(blocks)
    assert 0 < before < BUSY < blocks._queue.sleep_when_free == IDLE
    asyncio.run(blocks._queue.push(SimpleNamespace(fn_index=None), None, None))
    assert blocks._queue.sleep_when_free == BUSY


@pytest.fixture
def pages():
    """What is sent for two pages: a slider on the first, a text that looks like a script on the second."""
    with Page() as demo:
        gr.Slider(1, 9).change(lambda: None).then(lambda: None)
        demo.load(lambda: None)
    with demo.route("Other", "other"):
        gr.Textbox("</script><b>it's & ⟦shell.run⟧")
    client = TestClient(gr.mount_gradio_app(FastAPI(), demo, path="/"))
    return [client.get(path).content for path in ("/", "/other")]


def described(html):
    """The description of the components in a page."""
    return json.loads(CONFIG.search(html)[1])


def test_a_slim_page_describes_its_own_components_and_no_other_page(pages):
    for html, name, kind in zip(pages, ("", "other"), ("slider", "textbox"), strict=True):
        whole, thin = described(html), described(slim(html))
        assert set(whole["page"]) == {"", "other"} and set(thin["page"]) == {name}
        assert thin["page"][name] == whole["page"][name] and thin["pages"] == []
        (before,) = (one for one in whole["components"] if one["type"] == kind)
        (after,) = (one for one in thin["components"] if one["type"] == kind)
        assert set(before) - set(after) == set(UNREAD) and before["props"] == after["props"]
    assert slim(pages[1]).count(b"</script>") == pages[1].count(b"</script>") + 1 == pages[1].count(b"<script") + 1
    (slider,) = (one["id"] for one in described(pages[0])["components"] if one["type"] == "slider")
    events = described(slim(pages[0]))["dependencies"]
    assert [[where[0] == slider, where[1]] for event in events for where in event["targets"]] == [
        [True, "change"],
        [False, "load"],
    ]
    assert "⟦shell.run⟧".encode() in slim(pages[1])


def test_no_script_of_gradio_reads_what_is_left_out():
    assets = resources.files("gradio") / "templates" / "frontend" / "assets"
    scripts = [file.read_text("utf-8") for file in assets.iterdir() if file.name.endswith(".js")]
    assert len(scripts) > 100
    for name in UNREAD:
        reads = [text.count(name) for text in scripts if name in text]
        assert not reads or name == "component_class_id", f"{name} is read now: leave it in"


def test_everyone_has_a_turn_before_anybody_has_two(blocks):
    with blocks:
        gr.Button().click(lambda: None, concurrency_id="device", concurrency_limit=100)
    blocks.queue()
    take_turns(blocks)
    queue, fn = blocks._queue, list(blocks.fns.values())[-1]

    def come(*people):
        queue.create_event_queue_for_fn(fn)
        for person in people:
            queue.event_queue_per_concurrency_id["device"].queue.append(Event(person, fn, None, None))

    def next_one():
        return queue.get_events()[0][0].session_hash

    come(*"aaaabbc")
    assert [next_one() for _ in range(4)] == [*"abca"]
    come("d")  # whoever comes later stands behind the first turns, not behind all
    assert [next_one() for _ in range(4)] == [*"bdaa"]
    assert queue.get_events() is None


def test_the_files_of_a_page_are_told_ahead_and_all_are_there():
    every, kinds = known()
    assert len(every) > 20 and every[0].startswith("index-") and any(name.startswith("Blocks-") for name in every)
    assert {"button", "html", "slider", "radio", "tabs", "image"} <= kinds.keys()
    assert all((FOLDER / name).is_file() for name in {*every, *(name for kind in kinds.values() for name in kind)})
    page = '<base href="./"><script>window.gradio_config = {"components": [{"type": "slider"}]};</script>'
    names = files(page)
    assert set(names) == {*every, *kinds["slider"]} and len(names) == len(set(names))
    told, sheet = links(names), styles(names)
    for name in names:
        if name.endswith(".js"):
            assert told.count(f'<link rel="modulepreload" href="./assets/{name}">') == 1
        else:
            assert f'"{name}"' in told and (FOLDER / name).read_text("utf-8") in sheet
    assert files("<base>no page of ours") == []
    assert "url(./assets/Ka" in styles([file.name for file in FOLDER.glob("katex-*.css")])
