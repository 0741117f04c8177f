"""Settings of a hub model's scheduler: docs/hub.md is true, and what is honoured draws as diffusers does."""

import inspect
import json
import re
from pathlib import Path

import diffusers
import pytest
import torch
from diffusers import DDIMScheduler, DDPMPipeline, DDPMScheduler, UNet2DModel
from test_hub import NET

from aigc_demo.core.errors import BadRequestError
from aigc_demo.pipelines.folder import open_folder
from aigc_demo.pipelines.scheduler import BETWEEN, SCHEDULERS, SOLVER, read_scheduler
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.diffusion.library import drawn
from aigc_demo.services.diffusion.requests import Hub

DOCUMENT = (Path(__file__).parent.parent / "docs" / "hub.md").read_text(encoding="utf-8")
STEPS, SEED = 10, 3
V = {"prediction_type": "v_prediction"}
THRESHOLD = {"thresholding": True, "sample_max_value": 2.0}
WITH = {  # settings that act beside another one alone
    "rescale_betas_zero_snr": V,
    "dynamic_thresholding_ratio": THRESHOLD,
    "sample_max_value": THRESHOLD,
}


def table():
    """Setting -> (values honoured, values refused), of the document's first table."""
    rows = {}
    for line in DOCUMENT.partition("## Texts")[0].splitlines():
        cells = line.strip("|").split("|")
        if len(cells) == 4 and (name := re.fullmatch(r" `(\w+)` ", cells[0])):
            rows[name[1]] = tuple([json.loads(value) for value in re.findall("`([^`]+)`", cell)] for cell in cells[1:3])
    return rows


ROWS = table()
HONOURED = [(name, value) for name, (values, _) in ROWS.items() for value in values]
REFUSED = [(name, value) for name, (_, values) in ROWS.items() for value in values]
OF_DDPM = set(inspect.signature(DDPMScheduler.__init__).parameters)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A tiny model, saved by diffusers."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("hub") / "model"
    DDPMPipeline(UNet2DModel(**NET), DDPMScheduler()).save_pretrained(path)
    return path


def opened(folder, **settings):
    """The model with a scheduler of these settings."""
    (folder / "scheduler" / "scheduler_config.json").write_text(
        json.dumps({"_class_name": "DDPMScheduler", **settings})
    )
    return open_folder(folder, "someone/model")


def ours(model, sampler="ddpm", timesteps="own", steps=STEPS):
    """The picture (C, H, W) that we draw."""
    *_, last = drawn(model, Hub(sampler=sampler, timesteps=timesteps, steps=steps, seed=SEED), "cpu")
    return torch.tensor(last.value.x)


@torch.inference_mode()
def theirs(folder, plan, **options):
    """The picture that diffusers draws with its scheduler `plan`."""
    network = UNet2DModel.from_pretrained(folder / "unet").eval()
    plan.set_timesteps(STEPS)
    noise = SeededNoise([SEED])
    x = noise.draw((3, 8, 8))
    for t in plan.timesteps:
        x = plan.step(network(x, t).sample, t, x, generator=noise.generators[0], **options).prev_sample
    return x[0]


def test_the_table_has_every_setting_of_the_library():
    classes = [getattr(diffusers, name) for name in SCHEDULERS]
    known = {name for kind in classes for name in inspect.signature(kind.__init__).parameters}
    assert known - {"self", "args", "kwargs"} <= set(ROWS) | SOLVER
    assert len(HONOURED) > 25 and len(REFUSED) > 35
    assert not [name for name in (*SCHEDULERS, *SOLVER) if f"`{name}`" not in DOCUMENT]


@pytest.mark.parametrize(("name", "value"), HONOURED)
def test_what_is_honoured_draws_as_diffusers_does(folder, name, value):
    settings = {**WITH.get(name, {}), name: value}
    plan = DDPMScheduler(**{key: value for key, value in settings.items() if key in OF_DDPM})
    torch.testing.assert_close(ours(opened(folder, **settings)), theirs(folder, plan), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_what_is_refused_is_named(folder, name, value):
    with pytest.raises(BadRequestError, match="someone/model asks for") as refused:
        opened(folder, **{**WITH.get(name, {}), name: value})
    named = "beta_schedule" if name in ("beta_start", "beta_end") else name
    assert refused.value.key == "hub_setting" and refused.value.values["setting"] == named


@pytest.mark.parametrize(
    "settings",
    [
        {"clip_sample": False},
        {"clip_sample_range": 2.0},
        {"thresholding": True, "sample_max_value": 2.0},
        {"variance_type": "fixed_large"},
        {"beta_schedule": "sigmoid", "num_train_timesteps": 500},
        {"trained_betas": [0.001 + 0.0001 * i for i in range(100)], "num_train_timesteps": 100},
    ],
)
def test_settings_act(folder, settings):
    """Each moves the picture, so that agreeing with diffusers says something; evenly spaced steps agree too."""
    model = opened(folder, **settings)
    trailing = ours(model, timesteps="trailing")
    plain = ours(opened(folder), timesteps="trailing")
    assert (trailing - plain).abs().max() > 0.05
    plan = DDPMScheduler(timestep_spacing="trailing", **settings)
    torch.testing.assert_close(trailing, theirs(folder, plan), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("settings", [{}, {"clip_sample_range": 2.0}, {"thresholding": True, "sample_max_value": 2.0}])
def test_ddim_is_bounded_as_diffusers_is(folder, settings):
    plan = DDIMScheduler(**settings)
    expected = theirs(folder, plan, use_clipped_model_output=True)
    model = opened(folder, _class_name="DDIMScheduler", **settings)
    torch.testing.assert_close(ours(model, "ddim"), expected, rtol=1e-3, atol=1e-3)


def test_a_noise_prediction_without_a_signal_is_refused(folder):
    with pytest.raises(BadRequestError, match="rescale_betas_zero_snr = True, prediction_type = epsilon"):
        opened(folder, rescale_betas_zero_snr=True)


@pytest.mark.parametrize("steps", [1, 7, 50, 200])
@pytest.mark.parametrize("spacing", ["leading", "linspace", "trailing"])
@pytest.mark.parametrize("kind", sorted(SCHEDULERS - {"LMSDiscreteScheduler"}))
def test_timesteps_lie_where_the_file_puts_them(kind, spacing, steps):
    config = {"timestep_spacing": spacing, "steps_offset": int(spacing == "leading")}
    config |= {"skip_prk_steps": True} if kind == "PNDMScheduler" else {}
    plan = getattr(diffusers, kind)(**config)
    plan.set_timesteps(steps)
    expected = sorted({float(t) for t in plan.timesteps}, reverse=True)
    found = read_scheduler({"_class_name": kind, **config}, "someone/model")
    if spacing == "linspace" and kind in BETWEEN:  # but for one or two they lie between levels
        with pytest.raises(BadRequestError, match="timestep_spacing"):
            found.timesteps(steps)
    else:
        assert found.timesteps(steps) == expected


def test_an_offset_beyond_the_last_level_is_refused():
    found = read_scheduler({"num_train_timesteps": 20, "steps_offset": 1}, "someone/model")
    with pytest.raises(BadRequestError, match="steps_offset = 1"):
        found.timesteps(20)


@pytest.mark.parametrize("kind", sorted(SCHEDULERS))
def test_a_class_has_its_own_defaults(kind):
    """A setting that the file leaves out is what the class has by default."""
    found = read_scheduler({}, "someone/model", kind)
    if kind == "LMSDiscreteScheduler":  # needs scipy
        return
    plan = getattr(diffusers, kind)()
    assert found.clip == (plan.config.clip_sample_range if plan.config.get("clip_sample") else None)
    assert (found.spacing, found.offset) == (plan.config.timestep_spacing, plan.config.steps_offset)
    torch.testing.assert_close(found.alpha_bar.float(), plan.alphas_cumprod, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("settings", [{"solver_order": 3}, {"something_new": None}, {"_diffusers_version": "0.1"}])
def test_what_acts_on_nothing_changes_nothing(folder, settings):
    assert torch.equal(ours(opened(folder, **settings)), ours(opened(folder)))


def test_an_unknown_class_or_setting_is_refused(folder):
    with pytest.raises(BadRequestError, match="FlowMatchEulerDiscreteScheduler"):
        opened(folder, _class_name="FlowMatchEulerDiscreteScheduler")
    with pytest.raises(BadRequestError, match="something_new = 2"):
        opened(folder, something_new=2)
