"""How often whoever waits for slow work is told of it, and what is said when a disk is full."""

import errno
import io
import itertools

import gradio as gr
import pytest
from PIL import Image

from aigc_demo.core.steps import Step
from aigc_demo.ui import events, serving, use_case_form


def test_a_program_is_told_of_fewer_steps_the_more_are_answered(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(events.time, "perf_counter", lambda: now[0])

    def work():
        for done in range(1, 41):
            now[0] += 0.1
            yield Step(done, 40, f"value {done}")

    alone = list(events.thinned(work()))
    others = {object() for _ in range(31)}
    monkeypatch.setattr(events, "answering", others)
    crowded = list(events.thinned(work()))
    assert len(alone) == 40 and 2 <= len(crowded) <= 4
    assert alone[-1].done == crowded[-1].done == 40 and len(others) == 31
    left = events.thinned(work())
    next(left)
    left.close()
    assert len(others) == 31


@pytest.mark.parametrize("why", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_one_sentence_and_the_next_run_works(monkeypatch, tmp_path, why):
    picture, disk, times = io.BytesIO(), use_case_form.cached_file, itertools.count()
    Image.new("L", (4, 4)).save(picture, "png")

    def write(*arguments):
        if next(times) == 0:
            raise OSError(why, "no room")
        return disk(*arguments)

    monkeypatch.setattr(use_case_form, "cached_file", write)

    @events.guarded
    def steps():
        send = use_case_form.Files(str(tmp_path))
        yield use_case_form.hosted({"sheet": picture.getvalue()}, send)

    with pytest.raises(gr.Error, match="磁盘满了|disk of the machine"):
        list(steps())
    (value,) = steps()
    assert (tmp_path / value["sheet"]["path"]).read_bytes() == picture.getvalue()


def test_an_upload_to_a_full_disk_is_refused_as_that():
    assert serving.failure(OSError(errno.ENOSPC, "no room")) == (507, b"The disk of this machine is full.")
    assert serving.failure(OSError(errno.EIO, "broken"))[0] == 500
