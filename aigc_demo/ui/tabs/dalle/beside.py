"""Our Transformer and transformers' GPT2LMHeadModel, same weights, same sentence."""

from collections.abc import Sequence
from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import every_layer, layer_bars, verdict, verdict_line
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.views.pictures import picture_row
from aigc_demo.ui.widgets import bench, controls, how_it_works, result


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("dalle_beside", service)
    with form.tab():
        with bench():
            with controls():
                form.text("prompt", lines=2)
                form.choice("mistake")
                form.buttons("dalle.run_beside")
            with result():
                pictures, words, rows = form.first_shown(compared, 3)
                views = [
                    picture_row("dalle_beside-view", "dalle.beside_says", pictures),
                    verdict_line("dalle_beside-verdict", words),
                    layer_bars("dalle_beside-layers", rows),
                ]
                form.outcome(("png", "json"), library="inside.transformers")
        question("dalle.predict_mistake", form)
        how_it_works(
            r"\max_i \left| f^{\text{ours}}_i(x_{1..T}) - f^{\text{transformers}}_i(x_{1..T}) \right| \le 10^{-3}",
            "dalle.how_beside",
            {"transformers, GPT2LMHeadModel": "https://huggingface.co/docs/transformers/model_doc/gpt2"},
            sources("pipelines.pairs.gpt:to_library", "pipelines.parity:compare"),
            steps=("sentence", "ours", "=", "library"),
        )
    form.run(*views, show=compared)
    return form


def compared(value: Json, say: Say) -> Sequence[Any]:
    """The three pictures, the sentence that sums up, and every layer."""
    columns = [say("shell.beside_ours"), say("inside.theirs"), say("shell.beside_gap")]
    cells = f"{value['same']} / {value['count']} {say('dalle.beside_cells')}"
    notes = [f"{value['our_milliseconds']:.0f} ms", f"{value['their_milliseconds']:.0f} ms", cells]
    rows = every_layer(say, value, "inside.beside_layer")
    return [{**value, "columns": columns, "notes": notes}, verdict(say, value), rows]
