"""What ships with the autoencoders' page: made from tiny weights here, and held against the weights that ship."""

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image
from runs import last
from safetensors.torch import load_file
from tiny_vae import filled, tiny_store

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.checkpoints.store import Store
from aigc_demo.data import digits
from aigc_demo.services import first_results
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import find
from aigc_demo.services.vae import assets
from aigc_demo.services.vae.autoencoders import model_of, seen
from aigc_demo.services.vae.requests import BETAS, KINDS, Anomaly, Plane, of_kind

FIRST = ("plane", "rebuild", "walk", "draw", "beta", "shapes", "anomaly", "beside")


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The use cases over tiny weights."""
    return Service(tiny_store(filled(tmp_path_factory.mktemp("project") / "assets")))


@pytest.fixture(scope="module")
def folder(service):
    """What is made of them, with the digits for display in place of the test digits."""
    folder = service.store.assets / "examples"
    sheet = digits.read_samples(folder / "mnist-samples.png")
    real = torch.from_numpy(sheet.copy())[:, None] / 255, torch.arange(10).repeat_interleave(20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assets, "test_digits", lambda count: real)
        for make in assets.MAKERS.values():
            make(service, folder)
    for name in FIRST:
        assert first_results.make(service, f"vae_{name}", folder)
    return folder


def decoded(tensors, kind, code):
    """As the browser decodes: the layers in order, ReLU between them, sigmoid at the end."""
    layers = sum(name.startswith(f"{kind}.") and name.endswith(".weight") for name in tensors)
    for place in range(layers):
        code = tensors[f"{kind}.{place}.weight"].float() @ code + tensors[f"{kind}.{place}.bias"].float()
        code = code.relu() if place + 1 < layers else code.sigmoid()
    return code.view(28, 28).numpy()


def agrees(tensors, service, x, y, digit):
    """Whether the file decodes a point as the models do."""
    hot = torch.nn.functional.one_hot(torch.tensor(digit), 10).float()
    for kind, picture in zip(KINDS, service.result("vae_plane", Plane(x=x, y=y, digit=digit)), strict=True):
        point = torch.tensor([x, y], dtype=torch.float32)
        found = decoded(tensors, kind, torch.cat([point, hot]) if kind == "cvae" else point)
        np.testing.assert_allclose(found, picture, rtol=0, atol=1e-3)


def test_the_file_of_the_plane_decodes_as_the_models_do(service, folder):
    tensors = load_file(folder / "vae-plane.safetensors")
    for x, y, digit in ((0, 0, 0), (0.6, -0.4, 3), (-4, 4, 9)):
        agrees(tensors, service, x, y, digit)


def test_the_file_of_the_plane_has_the_codes_of_digits(service, folder):
    tensors = load_file(folder / "vae-plane.safetensors")
    assert tensors["labels"].tolist() == [digit for digit in range(10) for _ in range(20)]
    x = seen(service.store, 150, "")
    for kind in KINDS:
        q = model_of(service.store, of_kind(kind, 2)).encode(x, torch.tensor([7]))
        torch.testing.assert_close(tensors[f"{kind}.points"][150].float(), q.mean[0], rtol=0, atol=2e-3)
        if kind != "ae":
            torch.testing.assert_close(tensors[f"{kind}.deviations"][150].float(), q.deviation[0], rtol=0, atol=2e-3)
    assert "ae.deviations" not in tensors and all(t.dtype == torch.float16 for n, t in tensors.items() if "." in n)


def test_every_beta_is_measured(folder):
    found = json.loads((folder / "vae-betas.json").read_text())
    assert [run["beta"] for run in found["runs"]] == list(BETAS)
    for run in found["runs"]:
        assert len(run["kl_dimensions"]) == 16 and run["reconstruction_nats"] > 0
        assert sum(run["kl_dimensions"]) == pytest.approx(run["kl_nats"], abs=0.01)
        assert run["dead_dimensions"] == sum(nats < found["dead_below"] for nats in run["kl_dimensions"])


def test_bounds_are_in_order_and_rank_a_picture(service, folder):
    bounds = json.loads((folder / "vae-anomaly.json").read_text())["bounds"]
    assert bounds == sorted(bounds) and len(bounds) == 200
    made = service.result("vae_anomaly", Anomaly(odd="noise"))
    assert made.rank == sum(nats < made.bound_nats for nats in bounds) / 200


@pytest.mark.parametrize("name", FIRST)
def test_a_first_result_is_what_the_page_draws(service, folder, name):
    first = json.loads((folder / f"vae_{name}.json").read_text())
    use_case = find(f"vae_{name}")
    assert first["checkpoint"] == use_case.checkpoints(use_case.first)[0]
    value, file = first["value"], folder / f"vae_{name}-0.png"
    sheet = Image.open(file)
    assert sheet.size == (value["w"] * value["counts"][0], value["h"])
    assert sheet.mode == ("RGB" if name == "beside" else "L")
    assert first_results.load(f"vae_{name}", folder)["value"]["sheets"][0]["url"].startswith(f"./shipped/{file.name}?")
    if name == "beside":
        assert value["first"] is None and len(value["layers"]) > 20 and len(value["milliseconds"]) == 2
        return  # whose times differ
    now = last(service.stream(f"vae_{name}", use_case.first))
    assert now.pop("sheets") == [file.read_bytes()]
    value.pop("sheets")
    assert value == json.loads(json.dumps(now))


@pytest.mark.parametrize("name", FIRST)
def test_what_ships_was_made_by_the_weights_that_ship(name):
    first = json.loads((ASSETS / "examples" / f"vae_{name}.json").read_text())
    assert first["sha256"] == catalogue.checkpoint(first["checkpoint"]).sha256, "run python -m aigc_demo.services vae"
    now = last(Service(Store(device="cpu")).stream(f"vae_{name}", find(f"vae_{name}").first))
    (raw,), (kept,) = now.pop("sheets"), first["value"].pop("sheets")
    before = np.asarray(Image.open(ASSETS / "examples" / kept["shipped"]), np.int16)
    made = np.asarray(Image.open(io.BytesIO(raw)), np.int16)
    assert before.shape == made.shape and np.abs(before - made).max() <= 1, "shades of 256"
    now.pop("onnx", None)  # where ONNX Runtime is installed
    assert now.keys() == first["value"].keys()


def test_the_landing_page_gets_a_moving_picture(folder):
    value = json.loads((folder / "vae_plane.json").read_text())["card"]
    frames = value["counts"][0]
    sheet = np.asarray(Image.open(folder / value["sheets"][0]["shipped"]))
    assert sheet.shape == (value["h"] * len(value["panes"]), value["w"] * frames) and len(value["levels"]) == frames


def test_a_name_that_is_not_made_is_refused(capsys):
    with pytest.raises(SystemExit):
        first_results.main(["vae-plane", "everything"])
    assert "there is no everything\n" in capsys.readouterr().err


def test_the_command_makes_what_is_named(service, tmp_path, monkeypatch, caplog):
    made = []
    monkeypatch.setattr(first_results, "Service", lambda store: service)
    monkeypatch.setattr(first_results, "EXAMPLES", tmp_path)
    monkeypatch.setitem(assets.MAKERS, "vae-betas", lambda service, folder: made.append(folder))
    with caplog.at_level("INFO"):
        first_results.main(["vae-betas"])
    assert made == [tmp_path] and caplog.messages == ["vae-betas: made"]


@pytest.mark.skipif(not (ASSETS / "examples" / "vae-plane.safetensors").exists(), reason="does not ship yet")
def test_the_shipped_plane_decodes_as_the_shipped_weights_do():
    tensors = load_file(ASSETS / "examples" / "vae-plane.safetensors")
    service = Service(Store(device="cpu"))
    for x, y, digit in ((0, 0, 0), (0.6, -0.4, 3), (-4, 4, 9), (1.5, 1.5, 5)):
        agrees(tensors, service, x, y, digit)
