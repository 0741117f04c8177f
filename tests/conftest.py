"""Shared by all tests: seeds, a store with a tiny model for every id of the catalogue, and the running app."""

import dataclasses
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import gradio_client
import httpx
import pytest
import torch

from aigc_demo.checkpoints import catalogue, files
from aigc_demo.checkpoints.catalogue import Catalogue, Family
from aigc_demo.checkpoints.store import Store, named
from aigc_demo.core import garbage

os.environ["AIGC_ENGINE"] = "PyTorch"  # equal bits from the first run on; test_engine.py has ONNX Runtime


LONG = ("test_browser_all_tabs.py", "test_browser_room.py", "test_browser_gan_pictures.py")  # minutes each


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items):
    """What goes to one of several processes together, the longest first, so that none of them ends long after the rest.

    That is a file, where its tests name no group. A test that drives a browser has a second try: on a busy machine the
    browser may be late. Both are reported.
    """
    for item in items:
        if "visit" in item.fixturenames:
            item.add_marker(pytest.mark.flaky(reruns=1))
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.location[0].replace("/", ".")))
    driven = {item.path for item in items if "visit" in item.fixturenames}
    items.sort(key=lambda item: (item.path.name not in LONG, item.path not in driven))


def pytest_collection_finish():
    """As in the app: code that is loaded once is not searched for garbage again and again."""
    garbage.keep_short()


@pytest.fixture(autouse=True)
def seeded():
    """Every test starts from the same random numbers."""
    torch.manual_seed(0)


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    """Tiny untrained models under the ids that ship, with a catalogue that describes their files."""
    assets = tmp_path_factory.mktemp("assets")
    torch.manual_seed(0)
    entries = []
    for entry in catalogue.shipped().checkpoints:
        model = named(entry.model)(named(entry.config).tiny())
        files.save(model, assets / entry.file)
        entries.append(dataclasses.replace(entry, **catalogue.describe(assets / entry.file)))
    families = tuple(
        Family(family.stem, tuple(entry for entry in entries if entry.family == family.stem))
        for family in catalogue.families()
    )
    return Store(assets, device="cpu", listing=Catalogue(families, tuple(entries)))


def free_port():
    """A port of loopback on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="session")
def hub_port():
    """A port of loopback that the app takes for the hub's; nothing listens there until a test does."""
    return free_port()


APP_LOG = pytest.StashKey[Path]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A test that fails shows the end of the log of the app that it drove."""
    report = yield
    log = item.config.stash.get(APP_LOG, None)
    if report.failed and log and "app_process" in item.fixturenames:
        report.sections.append(("log of the app", "\n".join(log.read_text().splitlines()[-80:])))
    return report


@pytest.fixture(scope="session")
def app_process(tmp_path_factory, hub_port, pytestconfig):
    """The app as `make run` starts it, with what ships, on a free port of loopback: process, address, log."""
    folder = tmp_path_factory.mktemp("app")
    pytestconfig.stash[APP_LOG] = folder / "app.log"
    from tiny_language import save_llama

    save_llama(folder / "data" / "smollm2")  # what the app takes for SmolLM2
    yield from running(folder, HF_ENDPOINT=f"http://127.0.0.1:{hub_port}")


def running(folder, **variables):
    """An app whose files all lie below `folder`, while a fixture yields it: process, address, log."""
    places = {"GRADIO_TEMP_DIR": "cache", "AIGC_DATA_DIR": "data", "HOME": "home", "TMPDIR": "temporary"}
    for name in places.values():
        (folder / name).mkdir(exist_ok=True)
    own = {"AIGC_CACHE_MB": "0"}  # what is asked twice is computed twice; test_kept.py has the cache
    own |= {variable: str(folder / name) for variable, name in places.items()}
    environment = {"OMP_NUM_THREADS": "1", **os.environ, **own, **variables}
    environment.pop("GRADIO_SERVER_NAME", None)
    environment["GRADIO_SERVER_PORT"] = str(variables.get("GRADIO_SERVER_PORT", free_port()))  # each its own
    log = folder / "app.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=Path(__file__).parent.parent,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    found = re.search(r"http://[^\s/]+", process.stdout.readline())
    if not found:
        process.kill()
        pytest.fail(log.read_text())
    yield process, found[0], log
    process.terminate()
    process.wait(30)


@pytest.fixture
def start(tmp_path):
    """Start the app in a process of its own: `start(folder, **variables)` gives the process and its address."""
    begun = []

    def begin(folder=Path(__file__).parent.parent, **variables):
        environment = {**os.environ, "GRADIO_TEMP_DIR": str(tmp_path / "cache"), "OMP_NUM_THREADS": "1", **variables}
        environment.pop("GRADIO_SERVER_PORT", None)
        errors = (tmp_path / "app.log").open("w")
        command = [sys.executable, "app.py"]
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        begun.append(process)
        line = process.stdout.readline()
        found = re.search(r"http://[^\s/]+", line)
        if not found:
            process.kill()
            pytest.fail(line + (tmp_path / "app.log").read_text())
        return process, found[0]

    yield begin
    for process in begun:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def app_url(app_process):
    """Address of the one app that browser and API tests share, without a slash at its end."""
    return app_process[1]


@pytest.fixture(scope="session")
def client():
    """Speaks HTTP for all tests."""
    with httpx.Client(timeout=120, limits=httpx.Limits(keepalive_expiry=2)) as client:
        yield client


@pytest.fixture(scope="session")
def program(app_url):
    """Gradio's own client."""
    return gradio_client.Client(app_url, verbose=False, download_files=False, analytics_enabled=False)


@pytest.fixture(scope="module")
def answers():
    """What the app gave first, for the tests of a file."""
    return []


@pytest.fixture
def api(request, app_url, client, answers):
    """The app, asked in English; where a file has `always(api)`, that gives the same at the end of every test."""
    from api import Api

    yield (api := Api(app_url, client))
    if always := getattr(request.module, "always", None):
        answers.append(always(api))
        assert answers[-1] == answers[0]


@pytest.fixture(scope="module")
def browser():
    """One Chromium per file: Playwright keeps an event loop running, which other tests must not find."""
    from chromium import launch
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture(scope="module")
def visitors(browser):
    """Contexts of the browser that nobody uses now, by what was asked of them."""
    return {}


@pytest.fixture
def visit(request, browser, visitors, app_url):
    """Open a page as a new visitor: `visit("?lang=zh", locale="zh-CN")`; what it must not do is asserted at the end.

    It is the page `at`, else that of the family `PAGE` of the test's file, else the landing page. Its notes, of
    everything it asked for and said, are `page.notes`. A new visitor has the files of one before, and nothing else.
    """
    from browser import Notes, ready

    used, notes = [], []
    home = getattr(request.module, "PAGE", "")

    def open_page(query="", *, at=home, locale="en-GB", dark=False, size=(1440, 900), calm=True, **options):
        free = visitors.setdefault((locale, str(options)), [])
        context = free.pop() if free else browser.new_context(locale=locale, **options)
        used.append((context, free))
        page = context.new_page()
        stored = {"origin": app_url, "storageTypes": "local_storage"}
        context.new_cdp_session(page).send("Storage.clearDataForOrigin", stored)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(
            color_scheme="dark" if dark else "light", reduced_motion="reduce" if calm else "no-preference"
        )
        page.notes = Notes(app_url)
        page.notes.listen(page)
        notes.append(page.notes)
        page.goto(f"{app_url}/{at}{query}")
        ready(page)
        return page

    yield open_page
    for context, free in reversed(used):  # a room ends with its teacher's page, which was opened first
        for page in context.pages:
            page.close()
        free.append(context)
    for note in notes:
        note.clean()


@pytest.fixture
def onnx_runtime(monkeypatch):
    """ONNX Runtime, where this machine has it."""
    from aigc_demo.pipelines import engine

    for name in engine.NEEDED:
        pytest.importorskip(name, reason=f"the optional package {name} is not installed")
    monkeypatch.delenv("AIGC_ENGINE")
