"""Write on from a beginning: the text streams in, every token tinted by its probability, its rivals a hover away."""

import json
import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from aigc_demo.services import home
from aigc_demo.services.gpt.requests import STARTS, Write
from aigc_demo.services.token_parts import Growing
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs.parts import cached
from aigc_demo.ui.tabs.token_view import token_view
from aigc_demo.ui.widgets import (
    badge,
    bench,
    controls,
    drawer,
    honesty_badge,
    how_it_works,
    predict_card,
    progress_line,
    result,
)

BURST = 0.015  # seconds that a token waits for others, at most, before the page is told
SLOT = 0.06  # seconds from one message to the next; the rest of it is left to other people
GROUP: dict[str, Any] = {"concurrency_id": "writing", "concurrency_limit": 3}
FORMATS = ("txt", "html", "png", "json")
PAPERS = {
    "Radford et al., Language Models are Unsupervised Multitask Learners (GPT-2), 2019": (
        "https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf"
    ),
    "Touvron et al., LLaMA: Open and Efficient Foundation Language Models, 2023": "https://arxiv.org/abs/2302.13971",
    "Holtzman et al., The Curious Case of Neural Text Degeneration (top-p), 2019": "https://arxiv.org/abs/1904.09751",
    "Nguyen et al., Turning Up the Heat: Min-p Sampling, 2024": "https://arxiv.org/abs/2407.01082",
}
PRESETS: dict[str, dict[str, Any]] = {
    "gpt.try_greedy": {"temperature": 0.0},
    "gpt.try_usual": {"temperature": 0.8, "top_k": 0, "top_p": 1.0, "min_p": 0.0},
    "gpt.try_hot": {"temperature": 1.8, "top_k": 0, "top_p": 1.0, "min_p": 0.0},
    "gpt.try_nucleus": {"temperature": 1.5, "top_k": 0, "top_p": 0.8, "min_p": 0.0},
    "gpt.try_lstm": {"model": "lstm-shakespeare"},
    "gpt.try_poem": {"model": "gpt-poems", "temperature": 0.8},
}


def write(service: Any) -> tuple[Form, gr.Button]:
    """The form, and the button that takes its text to token surgery."""
    form = Form("gpt_write", Write)
    with form.tab():
        with bench():
            with controls():
                form.text("prompt", lines=3)
                form.slider("temperature", main=True)
                form.slider("length")
                form.seed()
                form.buttons("gpt.run_write")
                with drawer():
                    choose(form)
                form.presets(PRESETS)
            with result():
                first = home.shipped_text("gpt-shakespeare-write")
                view = token_view("gpt_write-view", first)
                operate = gr.Button(t("gpt.to_surgery"), size="sm", elem_classes="lx-quiet", min_width=80, scale=0)
                progress_line()
                honesty_badge(cached(first))
                form.save(FORMATS, lambda request, kind: service.save("gpt_write", request, kind))
                form.share(lambda request: service.python(request), "gpt.plain_lstm")
        words_below()
    fitting_start(form)

    def on_write(request: Write) -> Iterator[dict[str, Any]]:
        """Write on from a beginning; yields the text so far with its tokens."""
        yield from streamed(service.write(request), {**service.facts(request.model), "seed": request.seed})

    form.run(on_write, [view], **GROUP)
    return form, operate


def choose(form: Form) -> None:
    """Who writes, and how the next token is chosen beyond the temperature."""
    form.choice("model")
    for name in ("top_k", "top_p", "min_p", "repetition"):
        form.slider(name)


def fitting_start(form: Form) -> None:
    """Another model brings a beginning in its own language, unless one was typed."""
    model, prompt = form.components["model"], form.components["prompt"]
    script = f"(model, now) => luoxia.start({json.dumps(STARTS, ensure_ascii=False)}, model, now)"
    model.change(None, [model, prompt], prompt, js=script, show_progress="hidden")


def streamed(steps: Iterator[Any], facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Steps of Written -> values of the token view, a burst of tokens every SLOT seconds.

    The page takes some milliseconds for every message, however small: were each token one, it would lag behind.
    """
    began = burst = time.perf_counter()
    known, drawn = 0, 0.0
    growing: Growing | None = None
    for step in steps:
        drawn = drawn or time.time()
        made, last = step.value, step.done >= step.total
        if time.perf_counter() - burst < BURST and not last:
            continue
        growing = growing or Growing(made.prompt, cut=made.cut)
        milliseconds = (time.perf_counter() - began) * 1000
        told = {"done": step.done, "total": step.total, "badge": badge("live", ms=milliseconds, **facts)}
        yield growing.add(made.tokens[known:], drawn, speed=round(made.speed, 1), **told)
        known, drawn = len(made.tokens), 0.0
        time.sleep(max(0.0, burst + SLOT - time.perf_counter()) if not last else 0.0)
        burst = time.perf_counter()


def words_below() -> None:
    """Questions, and how it works."""
    for name in ("cold", "hot"):
        question = f"gpt.predict_{name}"
        predict_card(question, [f"{question}_right", f"{question}_b", f"{question}_c"], f"{question}_reveal")
    sources = {
        f"aigc_demo/{path.replace('.', '/')}.py · {name}": function_text(path, name)
        for path, name in (
            ("sampling.tokens", "stages"),
            ("sampling.tokens", "keep_nucleus"),
            ("sampling.tokens", "draw"),
            ("sampling.writing", "write"),
        )
    }
    formula = (
        r"p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}}, \qquad \text{surprise} = -\ln p_{\text{written}}, "
        r"\qquad \text{entropy} = -\sum_i p_i \ln p_i"
    )
    how_it_works(formula, "gpt.how_write", PAPERS, sources)
