"""A training goes on where it stopped."""

import json

import torch

from aigc_demo.training.loop import Clock
from aigc_demo.training.state import keep, resume


def test_parts_and_clock_come_back(tmp_path):
    run, device = tmp_path / "run", torch.device("cpu")
    model = torch.nn.Linear(2, 3)
    assert resume(run, {"model": model}, device) == Clock()
    keep(run, {"model": model}, Clock(7, 90.0), 4, {"loss": 0.5})
    other = torch.nn.Linear(2, 3)
    assert resume(run, {"model": other}, device) == Clock(7, 90.0)
    assert torch.equal(other.weight, model.weight)
    assert json.loads((run / "log.jsonl").read_text()) == {"pictures": 28, "minutes": 1.5, "loss": 0.5}
    assert not (run / "state.new").exists()
