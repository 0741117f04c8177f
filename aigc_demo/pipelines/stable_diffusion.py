"""Text-to-image diffusion of ours as diffusers' StableDiffusionPipeline: same weights, same pictures.

The scheduler that draws the same pictures is FlowMatchEulerDiscreteScheduler with `init_noise_sigma` set to 1, which
the pipeline asks for and the class lacks, called with `sigmas` = 1, 1 - 1/N, ... 1/N: our euler. A pipeline that is
saved and opened elsewhere takes DPMSolverMultistepScheduler on flow sigmas: the same steps, but from 0.999 and not 1.
"""

from pathlib import Path
from typing import Any

from aigc_demo.models.kl import KLAutoencoder
from aigc_demo.models.text2image import Text2Image
from aigc_demo.pipelines.convert import to_library
from aigc_demo.pipelines.library import diffusers, transformers


def to_stable_diffusion(model: Text2Image, autoencoder: KLAutoencoder, tokenizer: Path, saved: bool = False) -> Any:
    """Everything as a StableDiffusionPipeline; `tokenizer` is a file of the tokenizers library.

    With `saved` the scheduler is one that the pipeline can be saved and opened with.
    """
    words = transformers().PreTrainedTokenizerFast(
        tokenizer_file=str(tokenizer),
        pad_token="[PAD]",
        unk_token="[UNK]",
        bos_token="[BOS]",
        eos_token="[EOS]",
        model_max_length=model.config.text.context,
    )
    pipeline = diffusers().StableDiffusionPipeline(
        vae=to_library(autoencoder),
        text_encoder=to_library(model.text),
        tokenizer=words,
        unet=to_library(model.unet),
        scheduler=solver_scheduler(model.config.levels) if saved else flow_scheduler(model.config.levels),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def flow_scheduler(levels: int = 1000) -> Any:
    """The scheduler that takes exactly the steps of our euler, where the pipeline is given `flow_sigmas`."""
    scheduler = diffusers().FlowMatchEulerDiscreteScheduler(num_train_timesteps=levels)
    scheduler.init_noise_sigma = 1.0
    return scheduler


def flow_sigmas(steps: int) -> list[float]:
    """The flow times of a run of so many steps, for the argument `sigmas` of a pipeline."""
    return [1 - i / steps for i in range(steps)]


def solver_scheduler(levels: int = 1000) -> Any:
    """A scheduler that a pipeline can be saved with, whose steps are nearly those of our euler."""
    return diffusers().DPMSolverMultistepScheduler(
        num_train_timesteps=levels,
        solver_order=1,
        prediction_type="flow_prediction",
        use_flow_sigmas=True,
        flow_shift=1.0,
        timestep_spacing="trailing",
        final_sigmas_type="zero",
        steps_offset=1,
    )
