"""The one room for what we use of Gradio beyond its public interface, as read in release 6.31.

`tests/test_gradio_private.py` names the part that another release has changed. `python -m benchmarks page_load`
measures all of it.
"""

import json
import re
import time
from collections import ChainMap, OrderedDict
from types import SimpleNamespace
from typing import Any

import gradio as gr
from gradio.blocks import BlocksConfig
from gradio.queueing import Queue
from gradio.state_holder import SessionState, StateHolder

from aigc_demo.ui.widgets import passed_through, raw

SESSIONS = 4000  # whose turns are remembered
BUSY, IDLE = 0.005, 0.03  # seconds between two looks into the queue: while events come, and after
AWAKE = 5  # seconds after an event
CONFIG = re.compile(rb"window\.gradio_config = (\{.*?\});</script>", re.DOTALL)
PIPED = " \\\n  | read EVENT_ID; curl"
STILL = b"""<script>for(const part of["components","dependencies"])
Object.setPrototypeOf(gradio_config[part],(class extends Array{}).prototype)</script>"""
UNREAD = ("api_info_as_input", "api_info_as_output", "example_inputs", "skip_api", "component_class_id")


def rest(demo: gr.Blocks) -> None:
    """Look into the empty queue less often: Gradio's every 0.001 s takes 6 % of a core; so an idle app takes 1 %."""
    demo._queue.__class__ = Resting
    demo._queue.progress_update_sleep_when_free = 1  # no use case reports by gr.Progress


class Resting(Queue):
    """Gradio's queue, which looks for events often only while they come."""

    seen = 0.0  # the monotonic clock when an event came last

    @property
    def sleep_when_free(self) -> float:
        """Seconds until the next look into the queue."""
        return BUSY if len(self) or time.monotonic() - self.seen < AWAKE else IDLE

    @sleep_when_free.setter
    def sleep_when_free(self, _: float) -> None:
        """Left aside: Gradio sets one when it makes a queue."""

    async def push(self, *arguments: Any, **options: Any) -> Any:
        """Note when an event came, and take it in as Gradio does."""
        self.seen = time.monotonic()
        return await super().push(*arguments, **options)


def take_turns(demo: gr.Blocks) -> None:
    """Let nobody's many events wait before everybody's first."""
    demo._queue.get_events = Turns(demo._queue).get_events  # type: ignore[method-assign]


class Turns:
    """Whose event comes next: of people who wait, each has one before anybody has the second.

    Start-time fair queueing (Goyal et al., 1996) with events of equal weight; Gradio's own order is the one of arrival.
    """

    def __init__(self, queue: Any):
        self.queue, self.own = queue, queue.get_events
        self.now = 0  # the tag of the event that was begun last
        self.last: OrderedDict[str, int] = OrderedDict()  # session -> tag after its newest event

    def tag(self, event: Any) -> int:
        """Where an event stands: after those of its session, and not before what was begun already."""
        if not hasattr(event, "tag"):
            event.tag = max(self.now, self.last.pop(event.session_hash, 0))
            self.last[event.session_hash] = event.tag + 1
            if len(self.last) > SESSIONS:
                self.last.popitem(last=False)
        return int(event.tag)

    def get_events(self) -> Any:
        """The events to begin, as Gradio asks for them, or None."""
        for waiting in self.queue.event_queue_per_concurrency_id.values():
            waiting.queue.sort(key=self.tag)
        found = self.own()
        if found:
            self.now = max(self.now, *map(self.tag, found[0]))
        return found


def waiting(demo: gr.Blocks, name: str) -> list[float]:
    """When each event that waits in a queue came into it, by the monotonic clock."""
    queue = demo._queue.event_queue_per_concurrency_id.get(name)
    return [event.enqueue_time for event in queue.queue] if queue else []


def slim(html: bytes) -> bytes:
    """A page with only what its browser reads in the description of the components.

    Gradio sends the layout of all pages with each (50 kB with 8 families, more with every family), and of every
    component how the API describes it, which no script reads, and a key for components that are not Gradio's own. Of
    the largest page that is 130 of 580 kB. An event that follows another one belongs to no component; a page would
    search all of its own for it.

    Svelte watches whatever stands in plain arrays and objects, by a proxy each; in an array of another class it does
    not. The descriptions are read many thousand times while a page is built, and never change.
    """
    found = CONFIG.search(html)
    if found is None:
        return html
    config = json.loads(found[1])
    page = config["current_page"]
    config["page"] = {page: config["page"][page]}
    for component in config["components"]:
        for name in UNREAD:
            component.pop(name, None)
    here = {component["id"] for component in config["components"]}
    for event in config["dependencies"]:
        event["targets"] = [target for target in event["targets"] if target[0] in here or target[1] == "load"]
    text = json.dumps(config, ensure_ascii=False, separators=(",", ":"))
    for mark in "<>&'":  # as Jinja escapes JSON in a script
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return html[: found.start(1)] + text.encode() + html[found.end(1) : found.end()] + STILL + html[found.end() :]


def printed(info: bytes) -> bytes:
    """The description of the API with calls that run as they are printed.

    Gradio prints a text between two quotation marks as it is: with a line break that is no Python, JavaScript or JSON.
    Its commands for a shell read the event's id at the end of a pipe, where bash forgets it, and then ask for nothing.
    """
    described = json.loads(info)
    for endpoint in described["named_endpoints"].values():
        calls = endpoint["code_snippets"]
        for value in (taken.get("parameter_default") for taken in endpoint["parameters"]):
            literal = json.dumps(value, ensure_ascii=False)
            if isinstance(value, str) and (literal != f'"{value}"' or "'" in value):
                for kind in ("python", "javascript", "bash"):
                    quoted = literal.replace("'", r"'\''") if kind == "bash" else literal
                    calls[kind] = calls[kind].replace(f'"{value}"', quoted)
        calls["bash"] = "EVENT_ID=$(" + calls["bash"].replace(PIPED, ")\ncurl", 1)
    return json.dumps(described, ensure_ascii=False).encode()


def unseen(*_block: Any) -> dict[str, Any]:
    """How a component looks, which nobody reads."""
    return {}


class Session(SessionState):
    """State of one visitor: what is another's in it, on top of the pages that all share.

    Gradio copies the lists of all components and events for each visitor and for each call of the API. Events are
    added to a visitor's own by `gr.render` alone, which no page has; those of the API come first here, where Gradio
    looks for them by name, one after the other.

    For deep links Gradio also keeps how every component looks, and the last value of each. Our links carry their
    values themselves (restore.py), so nobody reads it.
    """

    def __init__(self, blocks: Any, events: dict[int, Any] | None = None):
        super().__init__(SimpleNamespace(default_config=BlocksConfig(blocks), blocks={}))  # type: ignore[arg-type]
        shared = blocks.default_config
        self.blocks_config.blocks = ChainMap({}, shared.blocks)  # type: ignore[assignment]
        self.blocks_config.fns = shared.fns if events is None else events
        self.blocks_config.config_for_block = unseen  # type: ignore[method-assign,assignment]

    def __setitem__(self, key: int, value: Any) -> None:
        """Keep a value or a component; one that an update or `gr.skip` made anew stays `raw`."""
        before = self.blocks_config.blocks.get(key)
        if getattr(before, "preprocess", None) is passed_through:
            raw(value)
        super().__setitem__(key, value)


class Sessions(StateHolder):
    """Visitors by the id of their session, each a Session."""

    def set_blocks(self, blocks: Any) -> None:
        """The pages that all of them visit, with the events of the API first."""
        super().set_blocks(blocks)
        self.events = dict(sorted(blocks.fns.items(), key=lambda item: item[1].api_visibility != "public"))

    def new(self) -> Session:
        """The session of somebody who comes."""
        return Session(self.blocks, self.events)

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = self.new()
        return super().__getitem__(session_id)


def keep_sessions(app: Any) -> None:
    """Let Gradio's app keep its visitors in Sessions."""
    app.state_holder = Sessions()  # type: ignore[no-untyped-call]
    app.state_holder.set_blocks(app.get_blocks())
