"""The search for garbage leaves out what is there for good, and finds circles all the same (core/garbage.py)."""

import gc
import platform
import subprocess
import sys
import weakref

import pytest

from aigc_demo.core import garbage
from aigc_demo.core.garbage import GAPS, SLOW, WHOLE, Watch

FULL, YOUNG = {"generation": 2}, {"generation": 0}


@pytest.fixture
def time():
    """A clock that a test sets, and a Watch that reads it; Python's own searches are off meanwhile."""
    gc.disable()
    gc.unfreeze()
    now = [0.0]
    watch = Watch(lambda: now[0])
    yield now, watch
    gc.unfreeze()
    gc.enable()


def search(now, watch, seconds, info=FULL):
    """One search that takes so long."""
    watch("start", info)
    now[0] += seconds
    watch("stop", info)


def test_what_a_slow_search_leaves_is_left_out_of_the_next(time):
    now, watch = time
    search(now, watch, SLOW / 2)
    search(now, watch, 10 * SLOW, YOUNG)
    assert gc.get_freeze_count() == 0
    search(now, watch, SLOW)
    assert gc.get_freeze_count() > 1000


def test_a_circle_that_was_frozen_is_found_within_an_hour(time):
    class Ring:
        pass

    now, watch = time
    ring = Ring()
    ring.itself, gone = ring, weakref.ref(ring)
    search(now, watch, SLOW)
    del ring
    gc.collect()
    assert gone() is not None
    now[0] = WHOLE + 1
    watch("start", FULL)
    gc.collect()
    assert gone() is None


def test_freed_memory_is_given_back_once_a_minute(time, monkeypatch):
    now, watch = time
    times = []
    monkeypatch.setattr(garbage, "give_back", lambda: times.append(now[0]))
    for _ in range(5):
        search(now, watch, GAPS / 2)
    search(now, watch, GAPS, YOUNG)
    assert times == [GAPS, 2 * GAPS]


SCATTERED = """
import re
from aigc_demo.core.garbage import give_back
def held():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024
pieces = [bytes(20_000) for _ in range(20_000)]
full = held()
pieces[:] = pieces[::40]
scattered = held()
give_back()
print(full, scattered, held())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="gaps are a matter of glibc")
def test_gaps_between_what_is_held_are_given_back():
    told = subprocess.run([sys.executable, "-c", SCATTERED], capture_output=True, text=True, timeout=60, check=True)
    full, scattered, after = map(int, told.stdout.split())
    assert scattered > full - 50 and after < full - 300, told.stdout
