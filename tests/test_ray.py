"""The app with two replicas by Ray Serve: both work, and when one is killed in the middle of a run the page goes on."""

import asyncio
import json
import os
import re
import signal
import tempfile
import time
from pathlib import Path

import crowd
import httpx
import pytest
from api import Api, seconds
from browser import RUN, badge_of, begin, ended, put, toast
from conftest import running
from playwright.sync_api import expect

from aigc_demo.core.errors import sentences

pytest.importorskip("ray", reason="Ray is not installed: pip install -r requirements-scale.txt -c constraints.txt")

DRAW = "diffusion_draw"
TOLD = sentences()["replica_gone"]
LONG = [7, 7, 400, "ddim", 1.5, 0, "diffusion-digits", "png"]


@pytest.fixture(scope="module")
def app_process(tmp_path_factory):
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="ray-") as short:  # sockets want short paths
        yield from running(tmp_path_factory.mktemp("ray"), AIGC_REPLICAS="2", AIGC_WARM="0", RAY_TMPDIR=short)


@pytest.fixture(scope="module")
def app_url(app_process):
    return app_process[1]


def parent(process):
    """The process that began another; 0 where that has ended."""
    stat = Path(f"/proc/{process}/stat")
    return int(stat.read_text().rpartition(")")[2].split()[1]) if stat.exists() else 0


def workers(app, count=2):
    """Processes of the replicas of an app, once there are so many."""
    end = time.monotonic() + 120
    while time.monotonic() < end:
        named = [path.parent for path in Path("/proc").glob("[0-9]*/cmdline") if b"ray::ServeReplica" in read(path)]
        found = [int(folder.name) for folder in named if parent(parent(folder.name)) == app.pid]
        if len(found) == count:
            return sorted(found)
        time.sleep(0.5)
    raise AssertionError(f"{len(found)} replicas, not {count}")


def read(path):
    try:
        return path.read_bytes()
    except OSError:  # it has just ended
        return b""


def busiest(processes, pause=0.5):
    """The one of some processes that computes now."""
    before = {process: seconds(process) for process in processes}
    time.sleep(pause)
    return max(processes, key=lambda process: seconds(process) - before[process])


def events(client, address):
    """Events of an answer as they come: kind, data."""
    kind = ""
    with client.stream("GET", address) as stream:
        for line in stream.iter_lines():
            head, _, rest = line.partition(": ")
            if head == "event":
                kind = rest
            elif head == "data":
                yield kind, rest


@pytest.fixture
def api(app_url):
    with httpx.Client(timeout=120, trust_env=False) as client:
        yield Api(app_url, client)


def picture(api, data):
    """The bytes of the file of an answer, and its result."""
    file, result = json.loads(data)
    return api.client.get(file["url"]).content, result


def test_both_work_for_a_crowd(app_process, app_url):
    both = workers(app_process[0])
    before = [seconds(process) for process in both]
    found = asyncio.run(crowd.gather(app_url, people=12, requests=24, lookers=5))
    assert not found.errors and not found.mixed
    assert all(seconds(process) - spent > 0.3 for process, spent in zip(both, before, strict=True))


def test_who_leaves_ends_the_run_there(app_process, api):
    for place, _ in enumerate(events(api.client, api.start(DRAW, [*LONG[:2], 1000, *LONG[3:]]))):
        if place == 3:
            break
    end = time.monotonic() + 20
    while time.monotonic() < end:
        before = sum(seconds(process) for process in workers(app_process[0]))
        time.sleep(0.5)
        if sum(seconds(process) for process in workers(app_process[0])) - before < 0.1:
            return
    raise AssertionError("the replica goes on")


def test_a_run_whose_replica_is_killed_is_done_again_and_says_so(app_process, api):
    *_, (kind, data) = events(api.client, api.start(DRAW, LONG))
    assert kind == "complete"
    whole, result = picture(api, data)
    assert "note" not in result
    shown, killed = [], False
    for kind, data in events(api.client, api.start(DRAW, LONG)):
        shown += [json.loads(data)[1]["done"]] if kind == "generating" and "done" in data else []
        if len(shown) == 3 and not killed:
            killed = not os.kill(busiest(workers(app_process[0])), signal.SIGKILL)
    assert killed and kind == "complete", (kind, data)
    again, result = picture(api, data)
    assert result["note"] == TOLD
    assert shown == sorted(shown) and again == whole
    workers(app_process[0])  # there is another in its place


def test_the_page_goes_on_when_a_replica_is_killed(app_process, visit):
    page = visit(at="diffusion")
    put(page, DRAW, "steps", 400)
    begin(page, DRAW)
    expect(badge_of(page, DRAW)).to_have_attribute("data-state", "live", timeout=RUN)
    os.kill(busiest(workers(app_process[0])), signal.SIGKILL)
    expect(toast(page)).to_contain_text(TOLD, timeout=RUN)
    ended(page, DRAW)
    expect(badge_of(page, DRAW)).to_contain_text(re.compile("CPU"))


def test_nothing_of_it_is_left_behind(app_process):
    process, *_ = app_process
    both = workers(process)
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0
    end = time.monotonic() + 10
    while any(Path(f"/proc/{worker}").exists() for worker in both):
        assert time.monotonic() < end
        time.sleep(0.2)
