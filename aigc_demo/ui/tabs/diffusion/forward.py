"""A digit becomes noise; the slider moves in the browser."""

from aigc_demo.services.service import Service
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.diffusion.page import DDPM
from aigc_demo.ui.tabs.parts import digit_picker, sketch, words
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.chart import plot
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result, view

MOVE = "(t) => { document.querySelector('#diffusion_forward-view .lx-forward')?.scrub(t); return []; }"


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("diffusion_forward", service)
    with form.tab():
        with bench():
            with controls():
                form.add("sample", digit_picker("diffusion_forward-sample"))
                level = form.slider("level", main=True)
                form.seed()
                with drawer("shell.draw_own"):
                    form.add("drawing", sketch("diffusion_forward-drawing"))
            with result():
                shown = view("forward", markup(), form.first_value, elem_id="diffusion_forward-view")
                form.outcome(("png", "json"), line=False)
        question("diffusion.predict_fooled", form)
        how_it_works(
            r"x_t = \sqrt{\bar\alpha_t}\; x_0 + \sqrt{1-\bar\alpha_t}\;\epsilon, \qquad \epsilon \sim \mathcal N(0, 1)",
            "diffusion.how_forward",
            {"Ho, Jain & Abbeel, Denoising Diffusion Probabilistic Models, 2020": DDPM},
            sources("sampling.schedules:add_noise", "sampling.schedules:alpha_bar"),
            steps=("picture", "add_noise", "more_noise", "noise"),
        )
    level.input(None, level, None, js=MOVE, show_progress="hidden")
    level.change(None, level, None, js=MOVE, show_progress="hidden")
    form.watch(shown, triggers=[form.components[name].change for name in ("sample", "drawing", "seed")])
    return form


def markup() -> str:
    """The digit at the noise level of the slider, beside the curves of signal and noise."""
    spoken = words(snr="diffusion.snr", across="diffusion.plot_axis", share="diffusion.plot_share")
    return (
        f'<div class="lx-forward" data-words="{spoken}"><figure class="lx-noised">'
        f'<canvas role="img" aria-label="{t("diffusion.pane_x")}"></canvas><figcaption><output></output></figcaption>'
        f"</figure><div>{plot('diffusion.plot_signal')}{plot('diffusion.plot_snr')}</div></div>"
    )
