"""Ours beside transformers: same weights, same prompt, the likeliest token always; and where a mistake shows."""

from collections.abc import Sequence
from typing import Any

from aigc_demo.services.gpt.requests import STARTS
from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.i18n import has
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gpt.parts import FORMATS, fitting, spoken, written
from aigc_demo.ui.tabs.parts import every_layer, gap, layer_bars, verdict_line
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.widgets import bench, controls, how_it_works, result, view

PAPERS = {
    "transformers, LlamaForCausalLM": "https://huggingface.co/docs/transformers/model_doc/llama",
    "transformers, GPT2LMHeadModel": "https://huggingface.co/docs/transformers/model_doc/gpt2",
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("gpt_beside", service)
    with form.tab():
        with bench():
            with controls():
                form.text("prompt", lines=3)
                form.fields("mistake", "model")
                form.slider("length", main=True)
                form.buttons("inside.run_beside")
            with result():
                texts, sentence, rows = form.first_shown(compared, 3)
                views = [
                    twins_view("gpt_beside-view", texts),
                    verdict_line("gpt_beside-verdict", sentence),
                    layer_bars("gpt_beside-layers", rows),
                ]
                form.outcome(FORMATS, library="inside.transformers")
        question("inside.predict_beside", form)
        how_it_works(
            r"\max_i \left| f^{\text{ours}}_i(x_{1..T}) - f^{\text{transformers}}_i(x_{1..T}) \right| \le 10^{-3}",
            "inside.how_beside",
            PAPERS,
            sources("pipelines.pairs.gpt:to_library", "pipelines.parity:compare"),
            steps=("text", "ours", "=", "library"),
        )
    fitting(form, STARTS)
    form.run(*views, show=compared)
    return form


def compared(value: Json, say: Say) -> Sequence[Any]:
    """Both texts, the sentence that sums them up, and every layer."""
    rows = every_layer(say, value, "inside.beside_layer")
    return [value, verdict(value, say), rows]


def verdict(value: Json, say: Say) -> Json:
    """How much agrees, the first layer that does not, and why a mistake shows or does not. Its parts are texts of the
    page: tokens stay tokens."""
    count = len(value["ours"])
    parts = [f"{value['same']} / {count} {say('inside.beside_agree')} {gap(value['maximum'])}"]
    good = value["first"] is None
    if not good:
        layer = value["layers"][value["first"]][0]
        parts.append(f"{say('inside.beside_first')} {layer} (> {value['tolerance']:g})")
    mistake = f"inside.mistake_{value['mistake']}_{'quiet' if good else 'loud'}"
    if has(mistake):
        parts.append(say(mistake))
    return {"words": "\n".join(parts), "good": good}


def twins_view(elem_id: str, value: Any) -> Any:
    template = (
        f'<div class="lx-twins lx-view" data-words="{spoken("beside", "ours theirs")}"><div class="lx-authors">'
        f"{written('inside.ours', 'glow')}{written('inside.theirs', 'water')}</div></div>"
    )
    return view("twins", template, value, elem_id=elem_id)
