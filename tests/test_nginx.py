"""Two processes of the app behind deploy/nginx.conf: nothing is lost, a person stays with one, people spread."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from api import Api, encoded, stroke
from conftest import free_port, running
from rooms import KEY, Caller

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
PEOPLE = 24
LOG = "log_format who '$upstream_addr $request_method $uri'; access_log access.log who;"
NOBODY = 65534


class Front:
    """Two processes behind nginx: `url`, and `served`, the processes that answered since it was asked last."""

    def __init__(self, url, processes, log):
        self.url, self.processes, self.log, self.seen = url, processes, log, 0

    def served(self, of=""):
        time.sleep(0.2)  # a line is written when the request has ended
        lines = self.log.read_text().splitlines()
        new, self.seen = lines[self.seen :], len(lines)
        return [line.split()[0] for line in new if of in line]


def ordinary(folder, ports):
    """nginx as the user nobody, where this is root, with what is in deploy/ but for the ports and a log."""
    config = (DEPLOY / "nginx.conf").read_text()
    for shipped, port in ports.items():
        config = config.replace(shipped, port)
    (folder / "nginx.conf").write_text(config)
    around = (DEPLOY / "nginx-user.conf").read_text()
    (folder / "nginx-user.conf").write_text(around.replace("access_log off;", LOG))
    command = [NGINX, "-p", folder, "-c", folder / "nginx-user.conf", "-g", "daemon off;"]
    options = {}
    if os.getuid() == 0:
        for path in (folder, *folder.iterdir()):
            os.chown(path, NOBODY, NOBODY)
        options = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **options)


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    if not NGINX:
        pytest.skip("nginx is not on this machine")
    folder = tmp_path_factory.mktemp("nginx")
    variables = {"GRADIO_TEMP_DIR": str(folder / "cache"), "GRADIO_ROOT_PATH": "/lab", "AIGC_PRESENTER_KEY": KEY}
    variables |= {"AIGC_WARM": "0"}
    begun = [running(place, **variables) for place in (folder / "a", folder / "b") if place.mkdir() is None]
    (first, one, _), (second, two, _) = (next(app) for app in begun)
    ports, own = [address.rpartition(":")[2] for address in (one, two)], free_port()
    with tempfile.TemporaryDirectory(dir="/tmp") as place:  # which an ordinary user reaches
        server = ordinary(Path(place), {"8080": str(own), "7861": ports[0], "7862": ports[1]})
        front = Front(f"http://127.0.0.1:{own}/lab", [first, second], Path(place) / "access.log")
        patience = time.monotonic() + 20
        while not front.log.exists() and time.monotonic() < patience:
            assert server.poll() is None, server.stderr.read()
            time.sleep(0.1)
        yield front
        server.terminate()
        server.wait(10)
    for app in begun:
        next(app, None)


def person(front):
    """Somebody who has opened a page."""
    client = httpx.Client(timeout=120, trust_env=False)
    assert client.get(f"{front.url}/diffusion").status_code == 200
    return Api(front.url, client)


def forward(api, level):
    """Move the slider of noise; the level that the answer says it is for."""
    how, (_, result) = api.values("diffusion_forward", 3, "", 7, level, "png")
    assert how == "complete"
    return result["card"]["values"]["level"]


def test_an_ordinary_user_runs_it(front):
    written = [path for path in front.log.parent.iterdir() if not path.name.endswith(".conf")]
    assert {"nginx.pid", "error.log", "body", "proxy"} <= {path.name for path in written}
    owner = NOBODY if os.getuid() == 0 else os.getuid()
    assert {path.stat().st_uid for path in written} == {owner}


def test_people_behind_one_address_spread_and_each_stays(front):
    people = [person(front) for _ in range(PEOPLE)]
    homes = front.served("GET /lab/diffusion")
    assert len(homes) == PEOPLE and len(set(homes)) == 2
    assert PEOPLE // 6 <= homes.count(homes[0]) <= PEOPLE - PEOPLE // 6
    for api, home in zip(people, homes, strict=True):
        assert len(api.client.cookies) == 1
        for path in ("gan", "config", "theme.css"):
            assert api.client.get(f"{front.url}/{path}").status_code == 200
        assert set(front.served()) == {home}


def test_no_event_is_lost_or_mixed_up(front):
    people = [person(front) for _ in range(PEOPLE)]
    front.served()

    def ask(place):
        return [forward(people[place], level) for level in range(place, place + 40, 10)]

    with ThreadPoolExecutor(PEOPLE) as pool:
        found = list(pool.map(ask, range(PEOPLE)))
    assert found == [[*range(place, place + 40, 10)] for place in range(PEOPLE)]
    assert len(set(front.served("gradio_api/call"))) == 2


def test_a_program_without_cookies_finds_its_answer(front):
    for level in range(100, 100 + PEOPLE):
        client = httpx.Client(timeout=120, trust_env=False, headers={"user-agent": f"program {level}"})
        assert forward(Api(front.url, client), level) == level
        assert not client.cookies
    assert len(set(front.served("gradio_api/call"))) == 2


def test_upload_stream_and_download_go_through(front):
    api = person(front)
    files = {"files": ("one.png", encoded(stroke()), "image/png")}
    [path] = api.client.post(f"{front.url}/gradio_api/upload", files=files).json()
    assert api.client.get(f"{front.url}/gradio_api/file={path}").content == files["files"][1]
    address = api.start("diffusion_draw", [7, 7, 200, "ddim", 1.5, 0, "diffusion-digits", "png"])
    times, last = [], ""
    with api.client.stream("GET", address) as stream:
        for line in stream.iter_lines():
            if line.startswith("event: "):
                times.append(time.monotonic())
            last = line if line.startswith("data: ") else last
    assert len(times) > 5
    assert sum(b - a > 0.005 for a, b in zip(times, times[1:], strict=False)) >= len(times) / 2  # as they are made
    url = re.search(r'"url": "([^"]*)"', last)[1]
    assert url.startswith(front.url)
    assert api.client.get(url).content.startswith(b"\x89PNG")
    assert len(set(front.served())) == 1


def test_a_room_is_one_room_for_people_of_both(front):
    presenter = Caller(front.url).open()
    for _ in range(PEOPLE):
        caller = Caller(front.url)
        caller.client.cookies = person(front).client.cookies
        assert caller.join(presenter.room).room == presenter.room
    assert len(set(front.served("GET /lab/diffusion"))) == 2


def test_people_of_a_process_that_ends_go_on_at_the_other(front):
    people = [person(front) for _ in range(PEOPLE)]  # eight would all be sent to one process once in a hundred times
    assert len(set(front.served("GET /lab/diffusion"))) == 2
    front.processes[1].terminate()
    assert front.processes[1].wait(10) == 0
    assert [forward(api, 10 * place) for place, api in enumerate(people)] == [10 * place for place in range(PEOPLE)]
