"""ONNX Runtime in the place of PyTorch: the same numbers or none, made once, and never needed."""

import importlib.util
import threading

import pytest
import torch
from torch import nn

from aigc_demo.models.diffusion import DiffusionConfig, DiffusionModel
from aigc_demo.pipelines import engine
from aigc_demo.pipelines.engine import ONNX, PYTORCH, Engines


class Half(nn.Module):
    """A network that is right, and quick enough to be measured."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (B, 4) -> (B, 4)."""
        return self.layer(x)


def ended() -> None:
    """Wait for what prepares a network behind the page."""
    for thread in threading.enumerate():
        if thread.name == "engine":
            thread.join()


@pytest.fixture
def runtime(monkeypatch):
    """Sessions that count and answer as the network does, in the place of ONNX Runtime."""
    made = []

    class Fake:
        def __init__(self, path):
            made.append(path)
            self.layer = torch.load(path, weights_only=False)

        def __call__(self, x):
            return self.layer(x)

    def write(network, example, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(network, path)

    monkeypatch.setattr(engine, "is_installed", lambda: True)
    monkeypatch.setattr(engine, "Session", Fake)
    monkeypatch.setattr(engine, "export", write)
    monkeypatch.setattr(engine, "seconds", lambda network, _: 2.0 if isinstance(network, nn.Module) else 1.0)
    return made


def test_without_the_package_the_network_is_called_as_it_is(monkeypatch, tmp_path):
    monkeypatch.setattr(engine, "is_installed", lambda: False)
    engines, network = Engines(tmp_path), Half()
    assert engines.network(network, [torch.randn(2, 4)]) is network and engines.name(network) == PYTORCH
    assert not list(tmp_path.iterdir())


def test_a_network_changes_its_engine_when_that_is_ready(runtime, tmp_path):
    engines, network, x = Engines(tmp_path), Half().eval(), torch.randn(2, 4)
    assert engines.network(network, [x]) is network  # nobody waits for the export
    ended()
    there = engines.network(network, [x])
    assert there is not network and engines.name(network) == ONNX and torch.equal(there(x), network(x))
    Engines(tmp_path).prepare(network, [x])
    assert len(list(tmp_path.iterdir())) == 1 and len(runtime) == 2  # exported once, opened twice


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOLERANCE", -1.0),  # another answer than ours
        ("seconds", lambda network, _: 1.0 if isinstance(network, nn.Module) else 2.0),  # slower than ours
        ("export", lambda *_: 1 // 0),  # a release whose exporter fails
    ],
)
def test_an_engine_that_is_wrong_slow_or_broken_is_not_taken(runtime, tmp_path, monkeypatch, name, value):
    monkeypatch.setattr(engine, name, value)
    engines, network, x = Engines(tmp_path), Half(), torch.randn(2, 4)
    engines.prepare(network, [x])
    assert engines.network(network, [x]) is network and engines.name(network) == PYTORCH


def test_other_weights_are_another_file():
    one, other = Half(), Half()
    assert engine.key(one) == engine.key(one) != engine.key(other)


@pytest.mark.skipif(importlib.util.find_spec("onnxruntime") is None, reason="ONNX Runtime is not installed")
@pytest.mark.parametrize("batch", [1, 3, 20])
def test_the_digit_network_says_the_same_in_onnx_runtime(tmp_path, batch):
    model = DiffusionModel(DiffusionConfig.tiny()).eval().requires_grad_(False)
    for weight in model.parameters():
        weight.normal_(std=0.1)
    unet = model.config.unet
    shape = (unet.channels, unet.image_size, unet.image_size)

    def inputs(count):
        return torch.randn(count, *shape), torch.randint(1000, (count,)), torch.randint(unet.classes, (count,))

    engine.export(model, inputs(2), tmp_path / "x.onnx")
    given = inputs(batch)
    with torch.inference_mode():
        torch.testing.assert_close(engine.Session(tmp_path / "x.onnx")(*given), model(*given), atol=1e-4, rtol=1e-4)
