"""A Space whose GPU is shared: long work is lent it for declared seconds; elsewhere nothing changes."""

import importlib
import importlib.machinery
import pickle
import sys
import types

import pytest
from api import SMALL, small

from aigc_demo.checkpoints.store import Store
from aigc_demo.core import shared_gpu
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import find, request_class
from aigc_demo.ui.events import LIMITS

BESIDE = {"steps": 2, "guidance": 1.0}
LENT = [name for name in SMALL if request_class(name).queue in shared_gpu.SECONDS and not find(name).device]
LONG = [name for name in LENT if not name.endswith("_hub")]  # those fetch first


@pytest.fixture(scope="module")
def shipped():
    """The weights that ship; a twin of it on the same device, which is what lent work has, loads them once for all."""
    store = Store(device="cpu")
    store.on = lambda device: store
    return store


@pytest.fixture
def space(monkeypatch):
    """Such a Space, whose package copies what goes into a call and comes out; the calls: (seconds, name) each."""
    calls = []

    def gpu(duration):
        def decorate(work):
            def call(name, request):
                calls.append((duration, name))
                for step in work(*pickle.loads(pickle.dumps((name, request)))):
                    yield pickle.loads(pickle.dumps(step))

            return call

        return decorate

    stand_in = types.ModuleType("spaces")
    stand_in.GPU, stand_in.__spec__ = gpu, importlib.machinery.ModuleSpec("spaces", None)
    monkeypatch.setitem(sys.modules, "spaces", stand_in)
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setattr(shared_gpu, "DEVICE", "cpu")
    shared_gpu.is_here.cache_clear()
    yield calls
    shared_gpu.is_here.cache_clear()


def small_request(name):
    """Values of the request that is answered at once."""
    return {key: value for key, value in small(name).items() if key != "format"}


@pytest.mark.parametrize("name", LONG)
def test_what_is_lent_the_gpu_can_be_copied_to_a_process_and_back(space, shipped, name):
    """As it comes out of the call it can be drawn and saved."""
    service = Service(shipped)
    request = service.request(name, small_request(name))
    assert list(service.stream(name, request))
    assert space == [(shared_gpu.SECONDS[request.queue], name)]


def test_short_work_keeps_its_place(space, shipped):
    service = Service(shipped)
    assert service.result("diffusion_draw", {"steps": 2}) is not None
    assert service.result("diffusion_forward", {}) is not None
    assert service.result("compression_bits", small_request("compression_bits")) is not None  # it says CPU
    assert not space


def test_a_saved_file_and_an_answer_are_lent_it_too(space, shipped):
    service = Service(shipped)
    *_, last = service.answer("diffusion_beside", BESIDE)
    assert last.value.result["device"] == "CPU" and last.value.file
    *_, last = service.save("diffusion_beside", service.request("diffusion_beside", BESIDE), "png")
    assert last.value.startswith(b"\x89PNG")
    assert space == [(60, "diffusion_beside")] * 2


def test_without_the_package_or_the_space_nothing_changes(monkeypatch, shipped):
    for variable, package in (("", True), ("true", False)):
        monkeypatch.setenv("SPACES_ZERO_GPU", variable)
        monkeypatch.setitem(sys.modules, "spaces", None)
        if package:
            stand_in = types.ModuleType("spaces")
            stand_in.__spec__ = importlib.machinery.ModuleSpec("spaces", None)
            monkeypatch.setitem(sys.modules, "spaces", stand_in)
        else:
            monkeypatch.delitem(sys.modules, "spaces")
            monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        shared_gpu.is_here.cache_clear()
        assert not shared_gpu.is_here() and not Service(shipped)._lent
    shared_gpu.is_here.cache_clear()


def test_lent_work_has_its_own_models_on_the_device_that_is_lent(store):
    twin = store.on("cuda")
    assert (twin.device, twin.assets, twin.catalogue) == ("cuda", store.assets, store.catalogue)


def test_every_kind_of_work_that_is_lent_it_is_one():
    assert set(shared_gpu.SECONDS) <= set(LIMITS) - {"quick", "together", "train", "tune", "gan", "fetch"}


def test_the_real_package_takes_such_work():
    spaces = pytest.importorskip("spaces", reason="the package spaces is not installed")

    def work(name, request):
        yield name, request

    assert list(spaces.GPU(duration=60)(work)("a", 1)) == [("a", 1)]
