"""A training goes on where it stopped."""

import json
import subprocess
import sys
from pathlib import Path

import torch

from aigc_demo.models.judge import Judge, JudgeConfig
from aigc_demo.training.loop import Clock
from aigc_demo.training.state import Snapshots, keep, resume

ROOT = Path(__file__).resolve().parent.parent


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


ENDLESS = """
import itertools, logging, sys
from pathlib import Path
import torch
from aigc_demo.training import language
logging.basicConfig(level=logging.INFO)
recipe = language.Recipe(language.Recipe.tiny().model, steps=10**9, batch=16, window=8, snapshots=0)
batch = torch.randint(0, 8, (2, 8)), torch.randint(0, 8, (2, 8))
folder = Path(sys.argv[1])
language.train(recipe, lambda step: itertools.repeat(batch), folder / "out.safetensors", folder / "run")
"""


def test_sigterm_ends_a_training_well_and_it_goes_on(tmp_path):
    first = 0
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", ENDLESS, str(tmp_path)], stderr=subprocess.PIPE, text=True, cwd=ROOT
        )
        next(line for line in process.stderr if " min " in line)  # it is under way
        process.terminate()
        _, said = process.communicate(timeout=10)
        assert process.returncode == 0, said
        step = torch.load(tmp_path / "run" / "state.pt", weights_only=True)["step"]
        assert f"stopped at step {step}" in said and (tmp_path / "out.safetensors").is_file()
        assert step > first
        first = step


def test_a_finished_run_gets_no_further_line(tmp_path):
    keep(tmp_path, {}, Clock(7, 90.0), 4, {})
    assert (tmp_path / "state.pt").is_file() and not (tmp_path / "log.jsonl").exists()


def test_snapshots_come_closer_together_at_the_start_and_go_on(tmp_path):
    def run(progresses):
        snapshots = Snapshots(tmp_path, 4, power=2)
        for progress in progresses:
            if snapshots.due(progress):
                snapshots.save(Judge(JudgeConfig.tiny()), round(1000 * progress))

    run([i / 100 for i in range(20)])
    run([i / 100 for i in range(20, 100)])
    taken = sorted(path.name for path in tmp_path.glob("snapshot-*.safetensors"))
    assert taken == [f"snapshot-{number:08d}.safetensors" for number in (0, 70, 250, 570)]
