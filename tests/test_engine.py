"""ONNX Runtime in the place of PyTorch: the same numbers or none, made once, and never needed."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tiny_text2image
import torch
from engines import ended, stirred
from torch import nn

from aigc_demo.checkpoints.store import Store
from aigc_demo.models.diffusion import DiffusionConfig, DiffusionModel
from aigc_demo.models.gan import GAN, GANConfig
from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.models.text2image import Text2Image, Text2ImageConfig, TextUNet
from aigc_demo.models.vae import VAE, VAEConfig
from aigc_demo.pipelines import engine
from aigc_demo.pipelines.engine import ONNX, PYTORCH, Engines
from aigc_demo.services import engines
from aigc_demo.services.diffusion import beside as diffusion_beside
from aigc_demo.services.diffusion import denoising
from aigc_demo.services.diffusion.requests import Beside, Draw
from aigc_demo.services.service import Service
from aigc_demo.services.text2image import drawing
from aigc_demo.services.text2image.requests import Beside as Text2ImageBeside
from aigc_demo.services.text2image.requests import Draw as Text2ImageDraw
from aigc_demo.services.text2image.requests import Type
from aigc_demo.services.vae import beside as vae_beside
from aigc_demo.services.vae.requests import Beside as VAEBeside
from aigc_demo.ui.i18n import tr
from aigc_demo.ui.tabs.parts import beside_words, verdict


class Half(nn.Module):
    """A network that is right, and quick enough to be measured."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (B, 4) -> (B, 4)."""
        return self.layer(x)


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

    def write(network, example, path, part):
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(engine.part_of(network, part), path)

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


SHORT_PROGRAM = """
import sys, threading
from pathlib import Path
import torch
from aigc_demo.pipelines import engine

begun = threading.Event()

def export(*_):
    x = torch.randn(300, 300)
    for _ in range(300):
        x = (x @ x).tanh()
        begun.set()
    print("exported")

engine.is_installed, engine.export = lambda: True, export
engine.Engines(Path(sys.argv[1])).network(torch.nn.Linear(2, 2), [torch.randn(1, 2)])
begun.wait(60)
"""


def test_a_program_that_ends_while_a_network_is_prepared_ends_in_order(tmp_path):
    command = [sys.executable, "-c", SHORT_PROGRAM, str(tmp_path)]
    done = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "exported\n", "")


def test_other_weights_are_another_file():
    one, other = Half(), Half()
    assert engine.key(one) == engine.key(one) != engine.key(other)


def test_the_engine_that_is_asked_for_is_taken(monkeypatch):
    monkeypatch.setattr(engine, "NEEDED", ("json",))
    for asked, is_installed in (("", True), ("ONNX Runtime", True), ("pytorch", False), ("PyTorch", False)):
        monkeypatch.setenv("AIGC_ENGINE", asked)
        assert engine.is_installed() is is_installed
    monkeypatch.delenv("AIGC_ENGINE")
    monkeypatch.setattr(engine, "NEEDED", ("json", "no_such_package"))
    assert not engine.is_installed()


# what follows runs ONNX Runtime itself


def digits(count):
    """Inputs of the digit network."""
    unet = DiffusionConfig.tiny().unet
    shape = (unet.channels, unet.image_size, unet.image_size)
    return torch.randn(count, *shape), torch.randint(1000, (count,)), torch.randint(unet.classes, (count,))


def codes(count):
    return (torch.randn(count, VAEConfig.tiny().latent),)


def noises(count):
    return torch.randn(count, GANConfig.tiny().noise), torch.randint(GANConfig.tiny().classes, (count,))


def maps(count):
    return (torch.randn(count, *KLConfig.tiny().code),)


def sentences(count):
    unet = Text2ImageConfig.tiny().unet
    x = torch.randn(count, unet.channels, unet.image_size, unet.image_size)
    return x, torch.randint(1000, (count,)), torch.randn(count, 6, sum(TextUNet(unet).word_widths))


NETWORKS = [
    (lambda: DiffusionModel(DiffusionConfig.tiny()), "", digits),
    (lambda: VAE(VAEConfig.tiny()), "paint", codes),
    (lambda: GAN(GANConfig.tiny()), "generator", noises),
    (lambda: KLAutoencoder(KLConfig.tiny()), "decode", maps),
    (lambda: Text2Image(Text2ImageConfig.tiny()), "step", sentences),
]


@pytest.mark.parametrize(("made", "part", "inputs"), NETWORKS, ids=["unet", "vae", "gan", "kl", "text2image"])
def test_every_network_says_the_same_in_onnx_runtime_at_any_batch(onnx_runtime, tmp_path, made, part, inputs):
    model = stirred(made())
    session = Engines(tmp_path).session(model, inputs(2), part)
    for batch in (1, 3, 20):
        given = inputs(batch)
        with torch.inference_mode():
            wanted = engine.part_of(model, part)(*given)
            torch.testing.assert_close(session(*given), wanted, atol=1e-4, rtol=0)
    assert not model.training and not any(module.training for module in model.modules())


@pytest.mark.parametrize("content", [b"", b"broken", None])
def test_a_file_that_is_broken_is_written_again(onnx_runtime, tmp_path, content, caplog):
    model = stirred(VAE(VAEConfig.tiny()))
    assert Engines(tmp_path).session(model, codes(2), "paint")
    (file,) = tmp_path.iterdir()
    right = file.read_bytes()
    if content is None:  # a file that can be read and says something else
        engine.export(stirred(VAE(VAEConfig.tiny())), codes(2), file, "paint")
    else:
        file.write_bytes(content)
    assert file.read_bytes() != right
    assert Engines(tmp_path).session(model, codes(2), "paint")
    assert file.read_bytes() == right and list(tmp_path.iterdir()) == [file]
    assert "is broken and written again" in caplog.text


def test_digits_are_drawn_in_onnx_runtime_as_in_pytorch(onnx_runtime, tmp_path, monkeypatch):
    service = Service(Store(device="cpu"))
    asked = Draw(steps=4, seed=3)
    monkeypatch.setattr(engines, "ENGINES", engines.Engines(tmp_path))
    monkeypatch.setattr(denoising, "ENGINES", engines.ENGINES)
    monkeypatch.setattr(engine, "seconds", lambda network, _: 2.0 if isinstance(network, nn.Module) else 1.0)
    *_, ours = service.run("diffusion_draw", asked)  # nobody waits for the export
    assert service.facts("diffusion_draw", asked)["device"] == "CPU"
    ended()
    *_, quick = service.run("diffusion_draw", asked)
    assert service.facts("diffusion_draw", asked)["device"] == "CPU · ONNX Runtime"
    np.testing.assert_allclose(quick.value.x, ours.value.x, rtol=0, atol=1e-4)
    judge = service.store.load("judge-digits")
    with torch.inference_mode():
        verdicts = [judge(torch.from_numpy(made.value.x)[None]).argmax().item() for made in (ours, quick)]
    assert verdicts[0] == verdicts[1]
    assert service.facts("diffusion_beside", Beside())["device"] == "CPU"  # which says of each column itself


def test_sentences_are_drawn_in_onnx_runtime_as_in_pytorch(onnx_runtime, tmp_path, monkeypatch):
    service = Service(tiny_text2image.Store())
    monkeypatch.setattr(engines, "ENGINES", Engines(tmp_path))
    monkeypatch.setattr(drawing, "ENGINES", engines.ENGINES)
    monkeypatch.setattr(engine, "seconds", lambda network, _: 1.0 if isinstance(network, engine.Session) else 2.0)
    for name, asked in (("text2image_draw", Text2ImageDraw(steps=2, count=4)), ("text2image_type", Type(steps=2))):
        *_, ours = service.run(name, asked)  # nobody waits for the export
        assert service.facts(name, asked)["device"] == "CPU"
        ended()
        *_, quick = service.run(name, asked)
        assert service.facts(name, asked)["device"] == "CPU · ONNX Runtime"
        ours, quick = (getattr(made.value, "x", getattr(made.value, "pictures", None)) for made in (ours, quick))
        np.testing.assert_allclose(quick, ours, rtol=0, atol=1e-4)
    made = service.result("text2image_beside", Text2ImageBeside(steps=2))
    assert made.onnx.maximum <= 1e-4 and made.onnx.milliseconds > 0 and made.first is None
    assert np.abs(made.onnx.picture - made.ours).max() == pytest.approx(made.onnx.maximum)
    *_, step = service.stream("text2image_beside", Text2ImageBeside(steps=2))
    assert len(step.value["milliseconds"]) == 3 and step.value["counts"] == [4]
    assert service.result("text2image_beside", Text2ImageBeside(steps=1, mistake="gate_swapped")).onnx is None


def test_a_comparison_with_diffusers_has_a_column_of_onnx_runtime(onnx_runtime, tmp_path, monkeypatch):
    service = Service(Store(device="cpu"))
    monkeypatch.setattr(diffusion_beside, "ENGINES", Engines(tmp_path))
    monkeypatch.setattr(vae_beside, "ENGINES", diffusion_beside.ENGINES)
    for name, asked in (("diffusion_beside", Beside(steps=3)), ("vae_beside", VAEBeside())):
        made = service.result(name, asked)
        assert made.onnx.maximum <= 1e-4 and made.maximum <= 1e-4 and made.onnx.milliseconds > 0
        assert np.abs(made.onnx.picture - made.ours).max() <= 1e-4
        *_, step = service.answer(name, asked)
        assert step.value.result["onnx"]["maximum"] <= 1e-4  # what a program is told
        *_, step = service.stream(name, asked)
        known = step.value["milliseconds"], step.value["counts"]
        assert [len(known[0]), known[1]] == ([3, [4]] if name == "diffusion_beside" else [2, [9]])
    wrong = service.result("diffusion_beside", Beside(steps=1, mistake="wrong_scaling"))
    assert wrong.onnx is None and wrong.maximum > 1e-4  # the mistake is in ours; a column without it would mislead


def test_without_it_there_is_no_column(tmp_path):
    service = Service(Store(device="cpu"))
    assert service.result("diffusion_beside", Beside(steps=1)).onnx is None
    assert service.result("vae_beside", VAEBeside()).onnx is None


def test_the_words_say_which_column_is_which_or_how_to_get_one():
    def say(key):
        return tr("en", key)

    three, two = beside_words(say, [13.0, 5.04, 21.0], 3e-6), beside_words(say, [13.0, 21.0], 3e-6)
    assert three["columns"] == ["our code · PyTorch", "our code · ONNX Runtime", "diffusers", "difference"]
    assert three["notes"] == ["13.0 ms", "5.0 ms", "21.0 ms", "max 3.0·10⁻⁶"]
    assert two["columns"] == ["our code", "diffusers", "difference"] and len(two["notes"]) == 3
    same = {"first": None, "maximum": 3e-6, "mean": 1e-7}
    told = [verdict(say, {**same, **more})["words"] for more in ({"onnx_maximum": None}, {"onnx_maximum": 2e-6}, {})]
    assert ["column of its own" in words for words in told] == [True, False, False]
    assert "PyTorch: largest difference 2.0·10⁻⁶" in told[1] and "ONNX" not in told[2]


QUIET = """
import sys, time
from pathlib import Path
import torch
from aigc_demo.pipelines.engine import Session, export
path = Path(sys.argv[1])
export(torch.nn.Linear(2, 2), [torch.zeros(1, 2)], path)
Session(path)(torch.zeros(1, 2))
time.sleep(0.5)
"""


def test_onnx_runtime_keeps_no_statistics(onnx_runtime, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    own = {name: value for name, value in os.environ.items() if name not in ("CI", "ORT_DISABLE_TELEMETRY")}
    command = [sys.executable, "-c", QUIET, str(tmp_path / "layer.onnx")]
    subprocess.run(command, env={**own, "HOME": str(home)}, cwd=Path(__file__).parent.parent, check=True, timeout=120)
    assert (tmp_path / "layer.onnx").is_file() and not list(home.rglob("*"))
