"""Ours beside transformers: SmolLM2's weights in both networks, the likeliest token always."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from aigc_demo.services import home
from aigc_demo.services.hf_text.requests import Beside
from aigc_demo.services.hf_text.results import TOLERANCE
from aigc_demo.ui.events import paced
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t, tr
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs.parts import cached, gap, layer_table, table, verdict_view
from aigc_demo.ui.widgets import badge, bench, controls, honesty_badge, how_it_works, progress, progress_line, result

Say = Callable[[str], str]
PAPERS = {
    "transformers, LlamaForCausalLM": "https://huggingface.co/docs/transformers/model_doc/llama",
    "Dettmers et al., LLM.int8(), 2022": "https://arxiv.org/abs/2208.07339",
}


def beside(service: Any) -> Form:
    """The form."""
    form = Form("hf_text_beside", Beside)
    first = home.shipped_value("smollm2-beside")
    with form.tab():
        with bench():
            with controls():
                form.text("prompt", lines=3)
                form.slider("length", main=True)
                form.buttons("hf_text.run_beside")
            with result():
                texts = table("hf_text_beside-view", texts_of(t, first))
                verdict = gr.HTML(verdict_of(t, first), elem_id="hf_text_beside-verdict", **verdict_view())
                layers = table("hf_text_beside-layers", layers_of(t, first))
                line, note = progress_line(), honesty_badge(cached(first))
                form.share()
        how_it_works(
            r"\max_i \left| f^{\text{ours}}_i(x_{1..T}) - f^{\text{transformers}}_i(x_{1..T}) \right| \le 10^{-3}",
            "hf_text.how_beside",
            PAPERS,
            {
                "aigc_demo/pipelines/text_folder.py · open_gpt": function_text("pipelines.text_folder", "open_gpt"),
                "aigc_demo/pipelines/parity.py · compare": function_text("pipelines.parity", "compare"),
                "aigc_demo/models/int8.py · in_bytes": function_text("models.int8", "in_bytes"),
            },
        )

    def on_beside(request: Beside, lang: str) -> Iterator[tuple[Any, ...]]:
        """Write with our network, with transformers', with ours in bytes: texts, verdict, layers, progress, badge."""
        began = told = time.perf_counter()
        for step in paced(service.beside(request)):
            now = time.perf_counter()
            took = badge("live", device="CPU", ms=(now - began) * 1000)
            if step.value is None:
                if now - told >= 0.5:
                    told = now
                    yield gr.skip(), gr.skip(), gr.skip(), progress(step.done, step.total), took
                continue
            made = service.beside_value(step.value)

            def say(key: str) -> str:
                return tr(lang, key)

            yield texts_of(say, made), verdict_of(say, made), layers_of(say, made), progress(1, 1), took

    form.run(on_beside, [texts, verdict, layers, line, note])
    return form


def texts_of(say: Say, made: dict[str, Any] | None) -> dict[str, Any] | None:
    """Who wrote what, how fast, and how much of it is the same."""
    if not made:
        return None
    head = [say(f"hf_text.beside_{name}") for name in ("who", "text", "speed", "same")]
    length = made["length"]
    rows = [
        [say("hf_text.beside_ours"), made["ours"], f"{made['our_speed']:.1f}", ""],
        [say("hf_text.beside_library"), made["theirs"], f"{made['their_speed']:.1f}", f"{made['same']} / {length}"],
    ]
    if made["int8_speed"] is not None:
        speed = f"{made['int8_speed']:.1f}"
        rows.append([say("hf_text.beside_int8"), made["bytes"], speed, f"{made['int8_same']} / {length}"])
    return {"head": head, "rows": rows, "mark": None}


def verdict_of(say: Say, made: dict[str, Any] | None) -> dict[str, Any] | None:
    """The sentence that sums it up. Texts of the page may still be tokens here, so nothing is filled into them."""
    if not made:
        return None
    parts = [f"{made['same']} / {made['length']} {say('hf_text.beside_agree')}"]
    parts.append(f"{say('hf_text.beside_logits')} {gap(made['logits'])}")
    if made["first"] is not None:
        parts.append(f"{say('hf_text.beside_first')} {made['layers'][made['first']][0]} (> {TOLERANCE:g})")
    return {"words": " · ".join(parts), "good": made["first"] is None}


def layers_of(say: Say, made: dict[str, Any] | None) -> dict[str, Any] | None:
    """Every layer with its differences."""
    if not made:
        return None
    value = layer_table(say, made["layers"], made["first"])
    value["head"][1] = say("hf_text.beside_layer")
    return value
