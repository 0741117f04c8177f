"""What was asked before is answered from a bounded cache, and says so."""

import pytest

from aigc_demo.services.diffusion.requests import Cut, Draw
from aigc_demo.services.kept import Kept
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import find


@pytest.fixture
def service(store):
    return Service(store)


def answered(service, values, format="png"):
    *_, last = service.answer("diffusion_draw", values, format)
    return last.value


def test_the_same_request_is_answered_at_once_and_labelled(service, monkeypatch):
    first = answered(service, {"steps": 2})
    assert "cached" not in first.result
    monkeypatch.setattr(Service, "_steps", None)  # nothing more can be computed
    again = answered(service, {"steps": 2})
    assert again.file == first.file and again.result == {**first.result, "cached": True}
    for changed in ({"steps": 3}, {"steps": 2, "seed": 8}, {"steps": 2, "digit": 1}):
        with pytest.raises(TypeError):
            answered(service, changed)
    with pytest.raises(TypeError):
        answered(service, {"steps": 2}, "gif")


def test_other_weights_are_another_answer(service, monkeypatch):
    answered(service, {"steps": 2})
    monkeypatch.setattr(type(service.store), "sha256", lambda self, checkpoint: "others")
    assert "cached" not in answered(service, {"steps": 2}).result


def test_the_page_gets_what_a_whole_run_ended_with(service):
    request = Draw(steps=2)
    left = service.stream("diffusion_draw", request)
    next(left)
    left.close()
    assert service.known("diffusion_draw", request) is None  # of a run that was left, nothing is kept
    *_, last = service.stream("diffusion_draw", request)
    assert service.known("diffusion_draw", request) == last.value


def test_measurements_files_and_states_of_a_person_are_made_anew(service):
    assert not any(find(name).kept for name in ("diffusion_samplers", "gpt_tune", "gan_points", "hf_text_chat"))
    request = Cut(few=1, many=2)
    *_, last = service.stream("diffusion_cut", request)
    assert last.value and service.known("diffusion_cut", request) is None and not len(service.kept)


def test_it_is_bounded_by_number_and_by_bytes(monkeypatch):
    kept = Kept(count=20, size=10_000)
    for number in range(100):
        kept.put(number, b"x" * (number % 4))
    assert len(kept) == 20 and kept.get(99) is not None and kept.get(79) is None
    kept.get(80)
    for number in range(30):
        kept.put(f"large {number}", b"x" * 500)
        kept.get(80)
    assert kept.size <= 10_000 and len(kept) < 20 and kept.get(80) is not None
    kept.put("too large", b"x" * 700)
    kept.put(None, b"")
    assert kept.get("too large") is None and kept.get(None) is None
    monkeypatch.setenv("AIGC_CACHE_MB", "0")
    (off := Kept()).put("a", b"")
    assert off.get("a") is None
