"""Our network beside the same weights in plain PyTorch: both clips, every layer, the time of both."""

from collections.abc import Sequence
from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import digit_choice, every_layer, gap, layer_bars, verdict_line
from aigc_demo.ui.tabs.video.parts import clip
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result


def build(service: Service) -> UseCaseForm:
    """The tab of the comparison: two clips, the sentence that sums both up, and the table of layers."""
    form = UseCaseForm("video_beside", service)
    with form.tab():
        with bench():
            with controls():
                digit_choice(form)
                form.slider("steps", main=True)
                form.seed()
                form.buttons("video.run_beside")
                with drawer():
                    form.slider("guidance")
            with result():
                clips, sentence, rows = form.first_shown(compared, 3)
                views = [
                    clip("video_beside-view", clips, kind="none", film="ours"),
                    verdict_line("video_beside-verdict", sentence),
                    layer_bars("video_beside-layers", rows),
                ]
                form.outcome(("png", "gif", "mp4", "webm", "json"), library="video.plain")
        question("video.predict_beside", form, "#video_beside-verdict")
        how_it_works(
            r"\max_i \left| f^{\text{ours}}_i(x_s, s, c) - f^{\text{Conv3d}}_i(x_s, s, c) \right| "
            r"\le 10^{-4}\,\max(1, |f_i|)",
            "video.how_beside",
            {"torch.nn.Conv3d": "https://docs.pytorch.org/docs/stable/generated/torch.nn.Conv3d.html"},
            sources("pipelines.plain_video:PlainBlock.forward", "models.video:Block.forward"),
            steps=("noise", "ours", "=", "library"),
        )
    form.run(*views, show=compared)
    return form


def compared(value: Json, say: Say) -> Sequence[Any]:
    """Both clips, the sentence that sums them up, and every layer."""
    ours, theirs = value["milliseconds"]
    speeds = " · ".join(
        (
            f"{say('video.beside_ours')} {ours:.0f} ms",
            f"nn.Conv3d {theirs:.0f} ms",
            f"{theirs / ours:.1f} ×",
        )
    )
    told = f"{say('video.beside_gap')} {gap(value['maximum'])}\n{speeds}"
    rows = every_layer(say, value, "video.layers_plain")
    return [value, {"words": told, "good": value["first"] is None}, rows]
