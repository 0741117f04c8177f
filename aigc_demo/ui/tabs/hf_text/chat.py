"""Chat: a conversation that travels with every message, streamed token by token; Stop keeps what is there."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.services.use_case import Json
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.hf_text.talk import FORMATS, engine_box, talk, wire_look
from aigc_demo.ui.use_case_form import Say, UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

PAPERS = {
    "Allal et al., SmolLM2: When Smol Goes Big, 2025": "https://arxiv.org/abs/2502.02737",
    "Touvron et al., LLaMA: Open and Efficient Foundation Language Models, 2023": "https://arxiv.org/abs/2302.13971",
    "Ouyang et al., Training Language Models to Follow Instructions, 2022": "https://arxiv.org/abs/2203.02155",
}
PRESETS: dict[str, dict[str, Any]] = {
    "hf_text.try_sure": {"temperature": 0.0},
    "hf_text.try_usual": {"temperature": 0.2, "top_p": 0.9},
    "hf_text.try_wild": {"temperature": 1.5, "top_p": 1.0},
    "hf_text.try_pirate": {"system": "You are a pirate. You answer in one sentence.", "temperature": 0.7},
}


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("hf_text_chat", service)
    with form.tab():
        with bench():
            with controls():
                message = form.text("message", lines=3)
                message.elem_classes = ["lx-main"]  # comes first on a phone
                form.fields("temperature", "length")
                form.buttons("hf_text.run_chat")
                fresh = gr.Button(t("hf_text.fresh"), size="sm", elem_id="hf_text_chat-fresh")
                with drawer():
                    form.text("system", lines=2)
                    look = engine_box(form)
                    for name in ("top_k", "top_p", "min_p", "repetition"):
                        form.slider(name)
                    form.seed()
                form.presets(PRESETS)
            with result():
                shown = talk(form)
                form.outcome(FORMATS, state=[shown], library="hf_text.transformers")
        question("hf_text.predict_chat", form)
        how_it_works(
            r"p(x_t \mid x_{<t}), \qquad x = \texttt{<|im\_start|>role ... <|im\_end|>} \ldots",
            "hf_text.how_chat",
            PAPERS,
            sources("services.hf_text.prompts:chat_tokens", "pipelines.text_folder:open_gpt", "models.int8:to_bytes"),
            steps=("message", "transformer", "odds", "token"),
        )
    wire_look(form, look)
    form.run(shown, message, show=taken, state=[shown])
    empty = "() => ({ turns: [], live: '', facts: null, cached: false })"
    fresh.click(None, None, shown, js=empty, show_progress="hidden")
    return form


def taken(value: Json, say: Say) -> Sequence[Any]:
    """The conversation; the box is emptied when the message has become part of it."""
    return value, gr.skip() if value["facts"] else ""
