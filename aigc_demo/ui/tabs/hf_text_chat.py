"""Chat: a conversation that travels with every message, streamed token by token; Stop keeps what is there."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from aigc_demo.services.hf_text import values
from aigc_demo.services.hf_text.requests import Chat
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs.hf_text_parts import FORMATS, engine_box, recorded, streamed, talk_view, wire_look
from aigc_demo.ui.tabs.parts import cached
from aigc_demo.ui.widgets import (
    bench,
    controls,
    drawer,
    honesty_badge,
    how_it_works,
    predict_card,
    progress_line,
    result,
)

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


def chat(service: Any) -> Form:
    """The form."""
    form = Form("hf_text_chat", Chat)
    first = recorded("chat")
    with form.tab():
        with bench():
            with controls():
                form.text("message", lines=3).elem_classes = ["lx-main"]  # comes first on a phone
                form.slider("temperature")
                form.slider("length")
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
                talk = talk_view("hf_text_chat-view", first)
                line, note = progress_line(), honesty_badge(cached(first))
                form.save(FORMATS, lambda r, kind, shown: service.save("hf_text_chat", r, kind, shown), [talk])
                form.share(lambda request: service.python(request), "hf_text.transformers")
        words_below()

    def on_chat(request: Chat, shown: Any) -> Iterator[tuple[Any, Any, Any, Any]]:
        """Answer the message; extra_0 is what this gave before, or null. Yields the conversation, progress, badge."""
        before = values.turns_of(shown)
        steps = service.chat(request, before)
        turns = [*before, {"role": "user", "content": request.message}]
        sent = False
        for parts in streamed(steps, turns, request.seed):
            yield (*parts, gr.skip() if sent else "")
            sent = True

    wire_look(form, service, look)
    form.run(on_chat, [talk, line, note, form.components["message"]], extra=[talk])
    empty = "() => ({ turns: [], live: '', facts: null, cached: false })"
    fresh.click(None, None, talk, js=empty, show_progress="hidden")
    return form


def words_below() -> None:
    """A question, and how it works."""
    question = "hf_text.predict_chat"
    predict_card(question, [f"{question}_right", f"{question}_b", f"{question}_c"], f"{question}_reveal")
    how_it_works(
        r"p(x_t \mid x_{<t}), \qquad x = \texttt{<|im\_start|>role ... <|im\_end|>} \ldots",
        "hf_text.how_chat",
        PAPERS,
        {
            "aigc_demo/services/hf_text/prompts.py · chat_tokens": function_text(
                "services.hf_text.prompts", "chat_tokens"
            ),
            "aigc_demo/pipelines/text_folder.py · open_gpt": function_text("pipelines.text_folder", "open_gpt"),
            "aigc_demo/models/int8.py · to_bytes": function_text("models.int8", "to_bytes"),
        },
    )
