"""Ours beside transformers: same weights, same beginning, the likeliest token always."""

from collections.abc import Sequence
from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.music.parts import melody
from aigc_demo.ui.tabs.parts import every_layer, gap, layer_bars, verdict_line
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.widgets import bench, controls, how_it_works, result

PAPERS = {"transformers, LlamaForCausalLM": "https://huggingface.co/docs/transformers/model_doc/llama"}


def build(service: Service) -> UseCaseForm:
    """The tab of the comparison: a melody to begin with, the verdict and the table of layers."""
    form = UseCaseForm("music_beside", service)
    with form.tab():
        with bench():
            with controls():
                form.add("melody", melody("music_beside-melody", form.defaults["melody"]))
                form.slider("length", main=True)
                form.buttons("music.run_beside")
            with result():
                sentence, rows = form.first_shown(compared, 2)
                views = [
                    verdict_line("music_beside-verdict", sentence),
                    layer_bars("music_beside-layers", rows),
                ]
                form.outcome(("txt", "html", "png", "json"), library="inside.transformers")
        question("music.predict_beside", form, "#music_beside-verdict")
        how_it_works(
            r"\max_i \left| f^{\text{ours}}_i(x_{1..T}) - f^{\text{transformers}}_i(x_{1..T}) \right| \le 10^{-3}",
            "music.how_beside",
            PAPERS,
            sources("models.decode:Decoder.through", "pipelines.parity:compare"),
            steps=("notes", "ours", "=", "library"),
        )
    form.run(*views, show=compared)
    return form


def compared(value: Json, say: Say) -> Sequence[Any]:
    """The sentence that sums both up, and every layer."""
    ours, theirs = value["speeds"]
    parts = (
        f"{value['same']} / {value['count']} {say('music.beside_agree')} {gap(value['maximum'])}",
        f"{say('music.beside_ours')} {ours:.0f} {say('shell.each_second')}",
        f"{value['kind']} {theirs:.0f} {say('shell.each_second')}",
        f"{ours / theirs:.1f} ×",
    )
    told = parts[0] + "\n" + " · ".join(parts[1:])
    rows = every_layer(say, value, "inside.beside_layer")
    return [{"words": told, "good": value["first"] is None}, rows]
