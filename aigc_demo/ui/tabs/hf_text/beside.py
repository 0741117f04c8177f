"""Ours beside transformers: SmolLM2's weights in both networks, the likeliest token always."""

from collections.abc import Sequence
from typing import Any

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.parts import every_layer, gap, layer_bars, table, verdict_line
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.widgets import bench, controls, how_it_works, result

PAPERS = {
    "transformers, LlamaForCausalLM": "https://huggingface.co/docs/transformers/model_doc/llama",
    "Dettmers et al., LLM.int8(), 2022": "https://arxiv.org/abs/2208.07339",
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("hf_text_beside", service)
    with form.tab():
        with bench():
            with controls():
                form.text("prompt", lines=3)
                form.slider("length", main=True)
                form.buttons("hf_text.run_beside")
            with result():
                texts, verdict, layers = form.first_shown(compared, 3)
                views = [
                    table("hf_text_beside-view", texts),
                    verdict_line("hf_text_beside-verdict", verdict),
                    layer_bars("hf_text_beside-layers", layers),
                ]
                form.outcome(library="hf_text.transformers")
        question("hf_text.predict_beside", form, "#hf_text_beside-view")
        how_it_works(
            r"\max_i \left| f^{\text{ours}}_i(x_{1..T}) - f^{\text{transformers}}_i(x_{1..T}) \right| \le 10^{-3}",
            "hf_text.how_beside",
            PAPERS,
            sources("pipelines.text_folder:open_gpt", "models.int8:in_bytes", "pipelines.gpt_onnx:write"),
            steps=("text", "ours", "=", "library"),
        )
    form.run(*views, show=compared)
    return form


def compared(value: Json, say: Say) -> Sequence[Any]:
    """Texts and speeds, what all layers say, and the table of layers."""
    return texts_of(say, value), verdict_of(say, value), layers_of(say, value)


def texts_of(say: Say, made: Json) -> Json:
    """Who wrote what, how fast, and how much of it is the same."""
    head = [say(f"hf_text.beside_{name}") for name in ("who", "text", "speed", "same")]
    length = made["length"]
    rows = [
        [say("hf_text.beside_ours"), made["ours"], f"{made['our_speed']:.1f}", ""],
        [say("hf_text.beside_library"), made["theirs"], f"{made['their_speed']:.1f}", f"{made['same']} / {length}"],
    ]
    for name, text in (("int8", made["bytes"]), ("onnx", made["onnx"])):
        speed, same = made[f"{name}_speed"], made[f"{name}_same"]
        if speed is not None:
            rows.append([say(f"hf_text.beside_{name}"), text, f"{speed:.1f}", f"{same} / {length}"])
    return {"head": head, "rows": rows, "mark": None}


def verdict_of(say: Say, made: Json) -> Json:
    """The sentence that sums it up. Texts of the page may still be tokens here, so nothing is filled into them."""
    parts = [f"{made['same']} / {made['length']} {say('hf_text.beside_agree')}"]
    parts.append(f"{say('hf_text.beside_logits')} {gap(made['logits'])}")
    if made["first"] is not None:
        parts.append(f"{say('hf_text.beside_first')} {made['layers'][made['first']][0]} (> {made['tolerance']:g})")
    return {"words": "\n".join(parts), "good": made["first"] is None}


def layers_of(say: Say, made: Json) -> Json:
    return every_layer(say, made, "hf_text.beside_layer")
