"""The hub box: real loading code against a hub served on loopback."""

import json
import os
import pickle
import shutil
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path

import pytest
import torch
from diffusers import DDIMScheduler, DDPMPipeline, DDPMScheduler, UNet2DModel

from aigc_demo.core.errors import BadRequestError, NotFoundError, UnavailableError, UserError
from aigc_demo.pipelines import smollm2
from aigc_demo.pipelines.folder import open_folder
from aigc_demo.pipelines.hub import Hub, make_room

LARGE = 10_000  # bytes: weights, not configs
COMMIT = "0123456789abcdef" * 2 + "01234567"
NET = {
    "sample_size": 8,
    "in_channels": 3,
    "out_channels": 3,
    "block_out_channels": (8, 16),
    "layers_per_block": 1,
    "down_block_types": ("DownBlock2D", "AttnDownBlock2D"),
    "up_block_types": ("AttnUpBlock2D", "UpBlock2D"),
    "norm_num_groups": 4,
    "attention_head_dim": None,
    "downsample_padding": 0,
    "freq_shift": 1,
    "flip_sin_to_cos": False,
}


class LoopbackHub(BaseHTTPRequestHandler):
    """The part of the hub's HTTP interface that is needed to look a model up and to fetch its files."""

    def do_GET(self):  # noqa: N802 - the name that http.server calls
        self.answer(body=True)

    def do_HEAD(self):  # noqa: N802
        self.answer(body=False)

    def answer(self, body):
        self.server.asked.append(self.path)
        path = self.path.split("?")[0].strip("/")
        if "silent" in path:
            self.server.over.wait(30)
            return None
        if path.startswith("api/models/"):
            return self.send(*self.information(path.removeprefix("api/models/")), body)
        owner, name, _, _, *file = path.split("/")
        found = self.server.root / owner / name / "/".join(file)
        if not found.is_file():
            return self.send(404, b"", body, {"X-Error-Code": "EntryNotFound"})
        return self.send(200, found.read_bytes(), body)

    def information(self, model):
        folder = self.server.root / model
        if not folder.is_dir():
            return 401, b'{"error": "Repository not found"}'
        files = [{"rfilename": str(f.relative_to(folder)), "size": f.stat().st_size} for f in folder.rglob("*.*")]
        files += self.server.claims.get(model, [])
        card = {"license": "apache-2.0"}
        return 200, json.dumps({"id": model, "sha": COMMIT, "siblings": files, "cardData": card, "tags": []}).encode()

    def send(self, status, content, body, extra=()):
        self.send_response(status)
        etag = f'"{abs(hash(content)):040x}"'
        for key, value in {
            "Content-Length": len(content),
            "ETag": etag,
            "X-Repo-Commit": COMMIT,
            "Content-Type": "application/json" if content[:1] == b"{" else "application/octet-stream",
            **dict(extra),
        }.items():
            self.send_header(key, str(value))
        self.end_headers()
        if body and "stuck" in self.path and len(content) > LARGE:
            self.wfile.write(content[:LARGE])
            self.wfile.flush()
            self.server.over.wait(30)
        elif body:
            self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Owner "lab" with models of several kinds, as diffusers saves them."""
    root = tmp_path_factory.mktemp("hub") / "lab"
    torch.manual_seed(0)
    plain = UNet2DModel(**NET)
    DDPMPipeline(plain, DDPMScheduler()).save_pretrained(root / "ddpm")
    labelled = UNet2DModel(**NET, num_class_embeds=4)
    scheduler = DDIMScheduler(beta_schedule="squaredcos_cap_v2", prediction_type="v_prediction", clip_sample=False)
    DDPMPipeline(labelled, scheduler).save_pretrained(root / "classes")
    plain.save_pretrained(root / "bare")
    plain.save_pretrained(root / "old", safe_serialization=False)
    DDPMScheduler(num_train_timesteps=200, beta_end=0.05).save_pretrained(root / "old")
    fourier = UNet2DModel(**{**NET, "time_embedding_type": "fourier"})
    DDPMPipeline(fourier, DDPMScheduler()).save_pretrained(root / "fourier")
    (root / "words").mkdir()
    (root / "words" / "config.json").write_text('{"model_type": "gpt2"}')
    (root / "words" / "model.safetensors").write_bytes(b"x")
    (root / "pipeline").mkdir()
    index = {"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"]}
    (root / "pipeline" / "model_index.json").write_text(json.dumps(index))
    return root


@pytest.fixture(scope="module")
def server(models):
    server = ThreadingHTTPServer(("127.0.0.1", 0), LoopbackHub)
    server.root, server.asked, server.over = models.parent, [], threading.Event()
    server.claims = {"lab/huge": [{"rfilename": "unet/diffusion_pytorch_model.safetensors", "size": 700_000_000}]}
    (models / "huge" / "unet").mkdir(parents=True)
    (models / "huge" / "unet" / "config.json").write_text((models / "bare" / "config.json").read_text())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.over.set()
    server.shutdown()


@pytest.fixture
def hub(server, tmp_path):
    return Hub(tmp_path, f"http://127.0.0.1:{server.server_port}")


def last(steps):
    *_, end = steps
    return end.value


def test_description_comes_before_the_weights(hub, server):
    server.asked.clear()
    about = hub.describe("lab/ddpm")
    assert (about.pipeline, about.scheduler, about.licence) == ("DDPMPipeline", "DDPMScheduler", "apache-2.0")
    assert about.picture == (3, 8, 8) and about.classes == () and 0 < about.megabytes < 1
    assert not any("safetensors" in path for path in server.asked)


def output(network, x, t, label=None):
    with torch.inference_mode():
        found = network(x, t, label)
    return found if isinstance(found, torch.Tensor) else found.sample


@pytest.mark.parametrize("name", ["ddpm", "bare", "old"])
def test_a_model_of_the_hub_is_the_same_function_in_our_code(hub, models, name):
    found = last(hub.load(f"lab/{name}"))
    theirs = UNet2DModel.from_pretrained(models / "bare").eval()
    x, t = torch.randn(2, 3, 8, 8), torch.tensor([5, 700])
    torch.testing.assert_close(output(found.model, x, t), output(theirs, x, t), rtol=1e-4, atol=1e-4)
    assert (
        found.model.config.prediction == "eps" and found.scheduler.clip == 1 and found.model.config.picture == (3, 8, 8)
    )
    scheduler = DDPMScheduler(num_train_timesteps=200, beta_end=0.05) if name == "old" else DDPMScheduler()
    torch.testing.assert_close(found.scheduler.alpha_bar.float(), scheduler.alphas_cumprod)


def test_classes_schedule_and_prediction_come_along(hub, models):
    found = last(hub.load("lab/classes"))
    assert found.classes == ("0", "1", "2", "3") and found.scheduler.clip is None
    assert (found.model.config.schedule, found.model.config.prediction) == ("cosine", "v")
    theirs = UNet2DModel.from_pretrained(models / "classes" / "unet").eval()
    x, t, label = torch.randn(2, 3, 8, 8), torch.tensor([5, 700]), torch.tensor([0, 3])
    torch.testing.assert_close(output(found.model, x, t, label), output(theirs, x, t, label), rtol=1e-4, atol=1e-4)


def test_a_folder_opens_too(models):
    assert open_folder(models / "ddpm").model.config.picture == (3, 8, 8)


def test_progress_ends_with_the_model(hub):
    steps = list(hub.load("lab/ddpm"))
    assert all(step.value is None and step.done < step.total for step in steps[:-1])
    assert steps[-1].done == steps[-1].total and steps[-1].value.name == "lab/ddpm"


@pytest.mark.parametrize(
    "name",
    ["", "ddpm", "../ddpm", "lab/../ddpm", "lab/..", "/lab/ddpm", "lab/ddpm/", "lab/a b", "lab/ddpm\n", "lab\\ddpm"]
    + ["file:///lab/ddpm", "http://lab/ddpm", "lab/ddpm?x", "lab/ddpm#x", "lab/%2e%2e", "läb/ddpm", "l" * 200 + "/x"],
)
def test_a_bad_id_never_leaves_the_machine(hub, server, name):
    server.asked.clear()
    with pytest.raises(BadRequestError) as refusal:
        hub.describe(name)
    assert refusal.value.key == "bad_hub_id" and server.asked == []


def refusal(hub, name, key):
    with pytest.raises(UserError) as refused:
        list(hub.load(name))
    assert refused.value.key == key
    return str(refused.value)


def test_what_is_not_there_is_said(hub):
    with pytest.raises(NotFoundError, match="lab/nothing"):
        hub.describe("lab/nothing")


@pytest.mark.parametrize("name", ["words", "pipeline", "fourier"])
def test_other_kinds_of_model_are_refused(hub, server, name):
    server.asked.clear()
    sentence = refusal(hub, f"lab/{name}", "hub_unsupported")
    assert f"lab/{name}" in sentence and (name != "fourier" or "time_embedding_type = fourier" in sentence)
    assert not any("safetensors" in path for path in server.asked)


def test_too_large_is_refused_before_anything_large_travels(hub, server):
    server.asked.clear()
    assert "700 MB" in refusal(hub, "lab/huge", "hub_too_large")
    assert not any("safetensors" in path for path in server.asked)


def spoiled(models, name, spoil):
    """A copy of the plain network with one file changed."""
    folder = models / name
    if not folder.exists():
        UNet2DModel.from_pretrained(models / "bare").save_pretrained(folder)
        spoil(folder)
    return f"lab/{name}"


def test_truncated_weights_are_said(hub, models, server):
    def cut(folder):
        file = folder / "diffusion_pytorch_model.safetensors"
        file.write_bytes(file.read_bytes()[:-1000])

    refusal(hub, spoiled(models, "cut", cut), "hub_damaged")


def test_a_config_larger_than_its_weights_costs_no_memory(hub, models, server):
    def inflate(folder):
        config = json.loads((folder / "config.json").read_text())
        config["block_out_channels"] = [4096, 4096]
        (folder / "config.json").write_text(json.dumps(config))

    refusal(hub, spoiled(models, "inflated", inflate), "hub_damaged")


@pytest.mark.parametrize(
    "change",
    [{"sample_size": "8"}, {"block_out_channels": [10**9]}, {"layers_per_block": 10**9}, {"norm_num_groups": "x"}]
    + [{"down_block_types": 3}, {"attention_head_dim": 0}, {"norm_num_groups": 0}, {"sample_size": None}],
)
def test_a_mad_config_is_refused(models, tmp_path, change):
    UNet2DModel.from_pretrained(models / "bare").save_pretrained(tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps({**config, **change}))
    with pytest.raises(UserError):
        open_folder(tmp_path)


class Trap:
    def __init__(self, proof):
        self.proof = proof

    def __reduce__(self):
        return Path.touch, (self.proof,)


def test_weights_that_would_run_code_do_not(models, tmp_path):
    UNet2DModel.from_pretrained(models / "bare").save_pretrained(tmp_path)
    (tmp_path / "diffusion_pytorch_model.safetensors").unlink()
    trap = pickle.dumps([Trap(tmp_path / "proof"), "x" * 1_000_000], protocol=2)
    (tmp_path / "diffusion_pytorch_model.bin").write_bytes(trap)
    with pytest.raises(UnavailableError, match="cannot be read"):
        open_folder(tmp_path)
    assert not (tmp_path / "proof").exists()


def test_offline_is_one_sentence_within_seconds(tmp_path):
    import_module("huggingface_hub.hf_api")  # takes seconds on a busy machine
    start = time.monotonic()
    with pytest.raises(UnavailableError, match="cannot be reached from here") as refused:
        Hub(tmp_path, "http://127.0.0.1:9").describe("lab/ddpm")
    assert refused.value.key == "offline" and time.monotonic() - start < 6


def test_a_hub_that_never_answers_is_one_sentence_within_seconds(hub, monkeypatch):
    monkeypatch.setattr("aigc_demo.pipelines.hub.PATIENCE", 1)
    begun = time.monotonic()
    refusal(hub, "lab/silent", "offline")
    assert time.monotonic() - begun < 15


def test_a_download_that_stops_half_way_is_given_up(hub, models, monkeypatch):
    monkeypatch.setattr("aigc_demo.pipelines.hub.STALLED", 1.0)
    shutil.copytree(models / "ddpm", models / "stuck")
    begun = time.monotonic()
    refusal(hub, "lab/stuck", "offline")
    assert time.monotonic() - begun < 15


def test_a_cache_that_cannot_be_written_is_one_sentence(hub, tmp_path):
    (tmp_path / "file").touch()
    hub.cache = tmp_path / "file" / "cache"
    with pytest.raises(UnavailableError, match="cannot be written. Set AIGC_DATA_DIR"):
        list(hub.load("lab/ddpm"))
    with pytest.raises(UnavailableError, match="cannot be written. Set AIGC_DATA_DIR"):
        list(smollm2.fetch(tmp_path / "file" / "data" / "smollm2"))


def test_old_downloads_make_room(tmp_path):
    for age, name in enumerate(["new", "middle", "old"]):
        blobs = tmp_path / f"models--lab--{name}" / "blobs"
        blobs.mkdir(parents=True)
        (blobs / "a").write_bytes(b"x" * 1_000_000)
        os.utime(blobs.parent, (1000 - age, 1000 - age))
    make_room(tmp_path, 1.5, "lab/other")
    assert [path.name for path in tmp_path.iterdir()] == ["models--lab--new"]


def test_the_address_comes_from_the_environment(server, tmp_path):
    """As a person would use it: HF_ENDPOINT is read when huggingface_hub is imported, so in a process of its own."""
    code = (
        "from pathlib import Path; from aigc_demo.pipelines.hub import Hub\n"
        f"print(Hub(Path({str(tmp_path)!r})).describe('lab/ddpm').megabytes > 0)"
    )
    address = f"http://127.0.0.1:{server.server_port}"
    environment = {**os.environ, "HF_ENDPOINT": address, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=120)
    assert run.stdout.strip() == "True", run.stderr[-500:]
