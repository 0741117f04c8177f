"""Summarise, ask, translate: one text in, one answer out, by the same model and the same wiring."""

from collections.abc import Iterator
from typing import Any

from aigc_demo.services.hf_text.requests import Ask, Summarise, Translate
from aigc_demo.ui.form import Form
from aigc_demo.ui.source import function_text
from aigc_demo.ui.tabs.hf_text_parts import FORMATS, engine_box, recorded, streamed, talk_view, wire_look
from aigc_demo.ui.tabs.parts import cached
from aigc_demo.ui.widgets import (
    bench,
    controls,
    drawer,
    honesty_badge,
    how_it_works,
    progress_line,
    result,
)

TASKS: dict[str, type[Any]] = {"summarise": Summarise, "ask": Ask, "translate": Translate}
PAPERS = {
    "Radford et al., Language Models are Unsupervised Multitask Learners (GPT-2), 2019": (
        "https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf"
    ),
    "Raffel et al., Exploring the Limits of Transfer Learning (T5), 2019": "https://arxiv.org/abs/1910.10683",
}


def task(service: Any, name: str) -> Form:
    """The form of one of the tasks."""
    form = Form(f"hf_text_{name}", TASKS[name])
    first = recorded(name)
    with form.tab():
        with bench():
            with controls():
                own_controls(form, name)
                form.buttons(f"hf_text.run_{name}")
                with drawer():
                    form.slider("length")
                    form.slider("temperature")
                    look = engine_box(form)
                    form.seed()
            with result():
                answer = talk_view(f"hf_text_{name}-view", first, answer=True)
                line, note = progress_line(), honesty_badge(cached(first))
                form.save(FORMATS, lambda r, kind, shown: service.save(form.use_case, r, kind, shown), [answer])
                form.share(lambda request: service.python(request), "hf_text.transformers")
        how_it_works(
            r"p(\text{answer} \mid \text{task},\ \text{text}) = \prod_t p(x_t \mid x_{<t},\ \text{task},\ \text{text})",
            f"hf_text.how_{name}",
            PAPERS,
            {"aigc_demo/services/hf_text/prompts.py · messages": function_text("services.hf_text.prompts", "messages")},
        )

    def on_task(request: Any) -> Iterator[tuple[Any, Any, Any]]:
        """Answer by the text; yields the answer so far, progress and badge."""
        yield from streamed(getattr(service, name)(request), [], request.seed)

    wire_look(form, service, look)
    form.run(on_task, [answer, line, note])
    return form


def own_controls(form: Form, name: str) -> None:
    """What one task asks for and no other does."""
    if name == "summarise":
        form.text("text", lines=9)
        form.slider("sentences", main=True)
    elif name == "ask":
        form.text("query", lines=2)
        form.text("context", lines=8)
    else:
        form.text("text", lines=5)
        form.choice("language")
