"""Noise becomes a digit, under the microscope."""

from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.ui.challenge import challenge
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.diffusion.page import DDIM, DDPM, GUIDANCE
from aigc_demo.ui.tabs.parts import digit_choice
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.microscope import microscope
from aigc_demo.ui.views.own import own_model
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

PAPERS = {
    "Ho, Jain & Abbeel, Denoising Diffusion Probabilistic Models, 2020": DDPM,
    "Song, Meng & Ermon, Denoising Diffusion Implicit Models, 2020": DDIM,
    "Ho & Salimans, Classifier-Free Diffusion Guidance, 2022": GUIDANCE,
    "Salimans & Ho, Progressive Distillation (v-prediction), 2022": "https://arxiv.org/abs/2202.00512",
    "Karras et al., Elucidating the Design Space, 2022": "https://arxiv.org/abs/2206.00364",
    "Lu et al., DPM-Solver++, 2022": "https://arxiv.org/abs/2211.01095",
}
PRESETS: dict[str, dict[str, Any]] = {
    "diffusion.try_few": {"steps": 3, "sampler": "dpmpp", "guidance": 1.5},
    "diffusion.try_unguided": {"steps": 20, "guidance": 0},
    "diffusion.try_much": {"steps": 20, "guidance": 8},
    "diffusion.try_thousand": {"steps": 1000, "sampler": "ddpm", "guidance": 1},
}
OPENS = 0.4  # of the run that ships: the guess of the end is there, the picture is not


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("diffusion_draw", service)
    with form.tab():
        with bench():
            with controls():
                digit_choice(form)
                own_model(form)
                form.slider("steps", main=True)
                form.seed()
                form.buttons("diffusion.run_draw")
                with drawer():
                    form.fields("sampler", "guidance", "eta")
                form.presets(PRESETS)
            with result():
                first = form.first_value and {**form.first_value, "opens": OPENS}
                scope = microscope(first, elem_id="diffusion_draw-scope")
                form.outcome(("png", "gif", "mp4", "json"))
        question("diffusion.predict_guidance", form)
        challenge("diffusion.challenge_clear", form)
        how_it_works(
            r"x_{t-1} = \sqrt{\bar\alpha_{t-1}}\; \hat x_0 + \sqrt{1-\bar\alpha_{t-1}}\; \hat\epsilon, \qquad "
            r"\hat x_0 = \frac{x_t - \sqrt{1-\bar\alpha_t}\;\hat\epsilon}{\sqrt{\bar\alpha_t}}",
            "diffusion.how_draw",
            PAPERS,
            sources("sampling.samplers:ddim_step", "sampling.predict:split", "models.diffusion:UNet.forward"),
            steps=("noise", "unet", "less_noise", "unet", "picture"),
        )
    form.run(scope)
    return form
