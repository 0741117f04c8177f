"""All samplers from one noise, at several step counts."""

from collections.abc import Sequence

from aigc_demo.services.diffusion.requests import COUNTS
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import digit_choice, mosaic
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.widgets import bench, controls, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("diffusion_samplers", service)
    with form.tab():
        question("diffusion.predict_samplers", form, "#diffusion_samplers-view")
        with bench():
            with controls():
                digit_choice(form)
                form.slider("guidance", main=True)
                form.seed()
                form.buttons("diffusion.run_samplers")
            with result():
                view = mosaic("diffusion_samplers-view", "diffusion.samplers_says", *form.first_shown(table, 1))
                form.outcome(("png", "json"))
        how_it_works(
            r"\text{DPM-Solver++ 2M:}\quad x_{t'} = \frac{\sigma_{t'}}{\sigma_t} x_t - \alpha_{t'}\,(e^{-h}-1)\,"
            r"\Big[\big(1+\tfrac{1}{2r}\big)\hat x_0^{(t)} - \tfrac{1}{2r}\hat x_0^{(\text{before})}\Big]",
            "diffusion.how_samplers",
            {"Lu et al., DPM-Solver++, 2022": "https://arxiv.org/abs/2211.01095"},
            sources("sampling.samplers:dpmpp_step", "sampling.samplers:heun_step"),
            steps=("noise", "sampler", "picture"),
        )
    form.run(view, show=table)
    return form


def table(value: Json, say: Say) -> Sequence[Json]:
    """Samplers beside the rows, step counts above the columns; under the pictures what they cost, on any machine."""
    costs = [
        f"{evaluations(name, count)} {say('diffusion.evaluations')}" for name in value["samplers"] for count in COUNTS
    ]
    words = {
        "rows": [say(f"diffusion.sampler_{name}") for name in value["samplers"]],
        "columns": [f"{count} {say('diffusion.steps_short')}" for count in COUNTS],
        "notes": costs,
    }
    return [{**value, **words}]


def evaluations(sampler: str, steps: int) -> int:
    """How often a run asks the network; Heun looks at the end of every step but the last before it takes it."""
    return 2 * steps - 1 if sampler == "heun" else steps
