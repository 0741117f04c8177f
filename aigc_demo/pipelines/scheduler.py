"""What the scheduler of a diffusers folder asks for. Every setting is honoured, or the model is refused for it.

Names and defaults are those of diffusers; docs/hub.md has the table. The solver itself is not taken over: which sampler
draws, in how many steps, and whether the steps lie as the file says, is chosen in the request.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from aigc_demo.core.errors import BadRequestError
from aigc_demo.pipelines.library import diffusers
from aigc_demo.pipelines.settings import Rule, check, number, one_of, refusal

DDPM = "DDPMScheduler"  # what a network alone is taken for
MULTISTEP = ("DPMSolverMultistepScheduler", "UniPCMultistepScheduler")
BETWEEN = ("LMSDiscreteScheduler", "EulerDiscreteScheduler", "EulerAncestralDiscreteScheduler", "HeunDiscreteScheduler")
SCHEDULERS = {DDPM, "DDIMScheduler", "PNDMScheduler", *MULTISTEP, *BETWEEN}  # on the noise levels of a DDPM
BETAS = ("beta_start", "beta_end", "beta_schedule", "trained_betas", "num_train_timesteps", "rescale_betas_zero_snr")
DEFAULTS = {
    "num_train_timesteps": 1000,
    "prediction_type": "epsilon",
    "rescale_betas_zero_snr": False,
    "clip_sample": False,
    "clip_sample_range": 1.0,
    "thresholding": False,
    "dynamic_thresholding_ratio": 0.995,
    "sample_max_value": 1.0,
    "variance_type": "fixed_small",
    "timestep_spacing": "linspace",
    "steps_offset": 0,
}
OWN_DEFAULTS: dict[str, dict[str, Any]] = {  # where a class has others
    DDPM: {"clip_sample": True, "timestep_spacing": "leading"},
    "DDIMScheduler": {"clip_sample": True, "timestep_spacing": "leading"},
    "PNDMScheduler": {"timestep_spacing": "leading"},
    "HeunDiscreteScheduler": {"beta_start": 0.00085, "beta_end": 0.012},
}
PREDICTIONS = {"epsilon": "eps", "v_prediction": "v"}
SOLVER = {  # of the solver in whose place the request's sampler stands
    "algorithm_type",
    "disable_corrector",
    "euler_at_final",
    "flow_shift",  # acts with use_flow_sigmas alone
    "interpolation_type",
    "lower_order_final",
    "predict_x0",
    "skip_prk_steps",
    "solver_order",
    "solver_type",
    "time_shift_type",  # acts with use_dynamic_shifting alone
    "tensor_format",  # of early releases
}
SMALLEST = 1e-6
RULES: dict[str, Rule] = {  # what is supported; of other settings none, unless they are off
    "num_train_timesteps": number(int, 1, 10_000),
    "prediction_type": one_of(*PREDICTIONS),
    "rescale_betas_zero_snr": one_of(False, True),
    "clip_sample": one_of(False, True),
    "clip_sample_range": number(float, SMALLEST, 1e6),
    "thresholding": one_of(False, True),
    "dynamic_thresholding_ratio": number(float, 0, 1),
    "sample_max_value": number(float, SMALLEST, 1e6),
    "variance_type": one_of(None, "fixed_small", "fixed_small_log", "fixed_large"),
    "timestep_spacing": one_of("leading", "linspace", "trailing"),
    "steps_offset": number(int, 0, 10_000),
    "set_alpha_to_one": one_of(True),
    "final_sigmas_type": one_of(None, "zero"),
    "timestep_type": one_of("discrete"),
    "lambda_min_clipped": one_of(None, -math.inf),
    "predict_epsilon": one_of(True),  # of early releases
}


@dataclass(frozen=True)
class Scheduler:
    """The settings that act on what is drawn."""

    name: str  # of the model, for refusals
    kind: str  # class in diffusers
    alpha_bar: torch.Tensor  # (T,) float64: the noise levels that the model was trained on
    prediction: str  # eps or v
    clip: float | None  # the predicted picture stays in [-clip, clip]; None: it stays as it is
    threshold: tuple[float, float] | None  # quantile and largest bound of dynamic thresholding, which goes before clip
    large_variance: bool  # ddpm's fresh noise has the larger of its two variances
    spacing: str  # leading, linspace or trailing
    offset: int  # added to the timesteps of leading

    def timesteps(self, steps: int) -> list[int]:
        """At most `steps` timesteps, falling, where the file's own scheduler would put them.

        BadRequestError where they would lie between or above the trained levels.
        """
        total = len(self.alpha_bar)
        count = min(steps, total)
        if self.spacing == "trailing":
            return [round(total - i * total / count) - 1 for i in range(count)]
        edges = count + 1 if self.kind in MULTISTEP else count
        if self.spacing == "leading":
            found = [i * (total // edges) + self.offset for i in range(edges)]
        elif self.kind in BETWEEN:
            raise refusal(self.name, "timestep_spacing", self.spacing)
        else:
            found = np.linspace(0, total - 1, edges).round().astype(int).tolist()
        found = list(dict.fromkeys(found[::-1][:count]))
        if found[0] >= total:
            raise refusal(self.name, "steps_offset", self.offset)
        return found


def read_scheduler(plain: Mapping[str, Any], name: str, kind: str = "") -> Scheduler:
    """The scheduler that a config describes; an empty one is a plain DDPM.

    `kind` is its class where the config does not say. BadRequestError for a class or setting that is not supported.
    """
    kind = str(plain.get("_class_name") or kind or DDPM)
    if kind not in SCHEDULERS:
        raise BadRequestError("hub_unsupported", name=f"{name} ({kind})")
    settings = {**DEFAULTS, **OWN_DEFAULTS.get(kind, {}), **plain}
    if kind == "PNDMScheduler":
        settings.pop("set_alpha_to_one", None)  # False by default, and of its solver
    check(settings, RULES, {*BETAS, *SOLVER}, name)
    if settings["rescale_betas_zero_snr"] and settings["prediction_type"] == "epsilon":
        raise refusal(name, "rescale_betas_zero_snr", "True, prediction_type = epsilon")  # x_0 = 0 / 0
    return Scheduler(
        name=name,
        kind=kind,
        alpha_bar=noise_levels(settings, name),
        prediction=PREDICTIONS[settings["prediction_type"]],
        clip=float(settings["clip_sample_range"]) if settings["clip_sample"] else None,
        threshold=(float(settings["dynamic_thresholding_ratio"]), float(settings["sample_max_value"]))
        if settings["thresholding"]
        else None,
        large_variance=settings["variance_type"] == "fixed_large",
        spacing=settings["timestep_spacing"],
        offset=settings["steps_offset"],
    )


def noise_levels(settings: Mapping[str, Any], name: str) -> torch.Tensor:
    """alpha_bar (T,) float64."""
    setting = "beta_schedule" if settings.get("trained_betas") is None else "trained_betas"
    refused = refusal(name, setting, settings.get(setting))
    try:
        made: Any = diffusers().DDPMScheduler(**{key: settings[key] for key in BETAS if key in settings})
        levels = torch.cumprod(1 - made.betas.double(), dim=0)
    except (NotImplementedError, TypeError, ValueError, RuntimeError) as error:
        raise refused from error
    falling = bool(torch.diff(levels, prepend=torch.ones(1)).lt(0).all()) and float(levels[-1]) >= 0
    if not falling or len(levels) != settings["num_train_timesteps"]:
        raise refused
    return levels
