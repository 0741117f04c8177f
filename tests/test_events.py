"""How often whoever waits for slow work is told of it."""

from aigc_demo.core.steps import Step
from aigc_demo.ui import events


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
