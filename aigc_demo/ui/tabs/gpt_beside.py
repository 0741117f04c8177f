"""Ours beside transformers: same weights, same prompt, the likeliest token always; and where a mistake shows."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from aigc_demo.services.gpt import values
from aigc_demo.services.gpt.requests import STARTS, Beside
from aigc_demo.services.gpt.results import TOLERANCE
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import has, t, tr
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs.gpt_inside import fitting, shipped, spoken, written
from aigc_demo.ui.tabs.gpt_streams import streamed
from aigc_demo.ui.tabs.parts import Say, cached, layer_table, table, verdict_view
from aigc_demo.ui.widgets import (
    bench,
    controls,
    honesty_badge,
    how_it_works,
    predict_card,
    progress_line,
    result,
    view,
)

PAPERS = {
    "transformers, LlamaForCausalLM": "https://huggingface.co/docs/transformers/model_doc/llama",
    "transformers, GPT2LMHeadModel": "https://huggingface.co/docs/transformers/model_doc/gpt2",
}


def beside(service: Any) -> Form:
    """The form."""
    form = Form("gpt_beside", Beside)
    with form.tab():
        with bench():
            with controls():
                form.text("prompt", lines=3)
                form.choice("mistake")
                form.choice("model")
                form.slider("length", main=True)
                form.buttons("inside.run_beside")
            with result():
                first = shipped("beside")
                shown = twins_view("gpt_beside-view", first)
                verdict = gr.HTML(elem_id="gpt_beside-verdict", value=verdict_of(t, first), **verdict_view())
                layers = table("gpt_beside-layers", rows_of(t, first))
                line, note = progress_line(), honesty_badge(cached(first))
                form.save(["txt", "html", "png", "json"], lambda r, kind: service.save_inside("gpt_beside", r, kind))
                form.share(lambda request: service.inside_python(request), "inside.transformers")
        words_below()
    fitting(form, STARTS)

    def on_beside(request: Beside, lang: str) -> Iterator[tuple[Any, ...]]:
        """Write with our code and with transformers: both texts, the verdict, every layer, progress and badge."""

        def say(key: str) -> str:
            return tr(lang, key)

        for made, words, told in streamed(service.beside(request), values.beside, service.facts(request.model)):
            if not isinstance(made, dict) or "layers" not in made:
                yield gr.skip(), gr.skip(), gr.skip(), words, told
                continue
            yield made, verdict_of(say, {**made, "mistake": request.mistake}), rows_of(say, made), words, told

    form.run(on_beside, [shown, verdict, layers, line, note])
    return form


def twins_view(elem_id: str, value: Any) -> Any:
    """Both texts, see static/race.js."""
    template = (
        f'<div class="lx-twins lx-view" data-words="{spoken("beside", "ours theirs")}"><div class="lx-authors">'
        f"{written('inside.ours', 'glow')}{written('inside.theirs', 'water')}</div></div>"
    )
    return view("twins", template, value, elem_id=elem_id)


def rows_of(say: Say, made: dict[str, Any] | None) -> dict[str, Any] | None:
    """Every layer with its differences."""
    if not made:
        return None
    value = layer_table(say, made["layers"], made["first"])
    value["head"][1] = say("inside.beside_layer")
    return value


def verdict_of(say: Say, made: dict[str, Any] | None) -> dict[str, Any] | None:
    """The sentence that sums the comparison up. Its parts are texts of the page: tokens stay tokens."""
    if not made:
        return None
    count = len(made["ours"])
    parts = [f"{made['same']} / {count} {say('inside.beside_agree')} {made['maximum']:.1e}"]
    good = made["first"] is None
    if not good:
        parts.append(f"{say('inside.beside_first')} {made['layers'][made['first']][0]} (> {TOLERANCE:g})")
    mistake = made.get("mistake", "none")
    if mistake != "none" and has(f"inside.mistake_{mistake}_{'quiet' if good else 'loud'}"):
        parts.append(say(f"inside.mistake_{mistake}_{'quiet' if good else 'loud'}"))
    return {"words": " · ".join(parts), "good": good}


def words_below() -> None:
    """A question, and how it works."""
    question = "inside.predict_beside"
    predict_card(question, [f"{question}_right", f"{question}_b", f"{question}_c"], f"{question}_reveal")
    how_it_works(
        r"\max_i \left| f^{\text{ours}}_i(x_{1..T}) - f^{\text{transformers}}_i(x_{1..T}) \right| \le 10^{-3}",
        "inside.how_beside",
        PAPERS,
        {
            "aigc_demo/pipelines/pairs/gpt.py · to_library": function_text("pipelines.pairs.gpt", "to_library"),
            "aigc_demo/pipelines/parity.py · compare": function_text("pipelines.parity", "compare"),
        },
    )
