"""What ships with the autoencoders' tab: made from tiny weights here, and held against the weights that ship."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from tiny_vae import filled, tiny_store

from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.checkpoints.store import Store
from aigc_demo.data import digits
from aigc_demo.services import home
from aigc_demo.services.vae import checkpoints, sheets, shipped
from aigc_demo.services.vae.requests import BETAS, KINDS, Anomaly, Plane
from aigc_demo.services.vae.service import create


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """The use-cases over tiny weights."""
    return create(tiny_store(filled(tmp_path_factory.mktemp("project") / "assets")))


@pytest.fixture(scope="module")
def folder(service):
    """What is made of them, with the digits for display in place of the test digits."""
    folder = service.store.assets / "examples"
    sheet = digits.read_samples(folder / "mnist-samples.png")
    real = torch.from_numpy(sheet.copy())[:, None] / 255, torch.arange(10).repeat_interleave(20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shipped, "test_digits", lambda count: real)
        for make in (shipped.plane, shipped.betas, shipped.anomaly_bounds, shipped.moving):
            make(service, folder)
    for name in shipped.FIRST:
        shipped.first(name, service, folder)
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
    for kind, picture in zip(KINDS, service.plane(Plane(x=x, y=y, digit=digit)), strict=True):
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
    x = service.seen(150, "")
    for kind in KINDS:
        q = service.model(checkpoints.of_kind(kind, 2)).encode(x, torch.tensor([7]))
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
    made = service.anomaly(Anomaly(odd="noise"))
    assert made.rank == sum(nats < made.bound_nats for nats in bounds) / 200


@pytest.mark.parametrize("name", shipped.FIRST)
def test_a_first_result_opens_as_a_shipped_run(service, folder, name):
    value = home.shipped_run("vae-digits", folder, name)
    sheet = Image.open(folder / f"vae-digits-{name}.png")
    assert sheet.size == (value["w"] * value["counts"][0], value["h"]) and sheet.mode == (
        "RGB" if name == "beside" else "L"
    )
    request = shipped.FIRST[name]
    assert type(request)(**value["values"]) == request and value["checkpoint"] == checkpoints.used(request)[0]
    if name == "beside":
        assert value["first"] is None and len(value["layers"]) > 20 and len(value["milliseconds"]) == 2
        return  # whose times differ
    raw, facts = sheets.value(getattr(service, name)(request))
    assert raw == (folder / f"vae-digits-{name}.png").read_bytes()
    assert {key: value[key] for key in facts} == json.loads(json.dumps(facts))


def test_the_landing_view_gets_a_moving_picture(folder):
    value = home.shipped_run("vae-digits-vae", folder)
    frames = value["counts"][0]
    sheet = np.asarray(Image.open(folder / "vae-digits-vae-run.png"))
    assert sheet.shape == (value["h"] * len(value["panes"]), value["w"] * frames) and len(value["levels"]) == frames


def test_a_name_that_is_not_made_here_is_refused(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["shipped", "plane", "everything"])
    with pytest.raises(SystemExit):
        shipped.main()
    assert "there is no everything" in capsys.readouterr().err


@pytest.mark.skipif(not (ASSETS / "examples" / "vae-plane.safetensors").exists(), reason="does not ship yet")
def test_the_shipped_plane_decodes_as_the_shipped_weights_do():
    tensors = load_file(ASSETS / "examples" / "vae-plane.safetensors")
    service = create(Store(device="cpu"))
    for x, y, digit in ((0, 0, 0), (0.6, -0.4, 3), (-4, 4, 9), (1.5, 1.5, 5)):
        agrees(tensors, service, x, y, digit)
