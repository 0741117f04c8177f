"""Write on from a beginning: the text streams in, every token tinted by its probability, its rivals a hover away."""

from typing import Any

import gradio as gr

from aigc_demo.services.gpt.requests import STARTS
from aigc_demo.services.service import Service
from aigc_demo.ui.challenge import challenge
from aigc_demo.ui.i18n import t
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gpt.page import TO_SURGERY
from aigc_demo.ui.tabs.gpt.parts import FORMATS, fitting
from aigc_demo.ui.tabs.token_view import token_view
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.views.own import own_model
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

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


def build(service: Service) -> UseCaseForm:
    form = UseCaseForm("gpt_write", service)
    with form.tab():
        with bench():
            with controls():
                form.text("prompt", lines=3)
                form.slider("temperature", main=True)
                form.slider("length")
                form.seed()
                form.buttons("gpt.run_write")
                with drawer():
                    form.choice("model")
                    for name in ("top_k", "top_p", "min_p", "repetition"):
                        form.slider(name)
                own_model(form, "model")
                form.presets(PRESETS)
            with result():
                view = token_view("gpt_write-view", form.first_value)
                words = t("gpt.to_surgery")
                form.extra[TO_SURGERY] = gr.Button(words, size="sm", elem_classes="lx-quiet", min_width=80, scale=0)
                form.outcome(FORMATS, library="gpt.plain_lstm")
        words_below(form)
    fitting(form, STARTS)
    form.run(view)
    return form


def words_below(form: UseCaseForm) -> None:
    question("gpt.predict_cold", form)
    question("gpt.predict_hot", form)
    challenge("gpt.challenge_word", form)
    formula = (
        r"p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}}, \qquad \text{surprise} = -\ln p_{\text{written}}, "
        r"\qquad \text{entropy} = -\sum_i p_i \ln p_i"
    )
    code = sources(
        "sampling.tokens:stages", "sampling.tokens:keep_nucleus", "sampling.tokens:draw", "sampling.writing:go_on"
    )
    how_it_works(formula, "gpt.how_write", PAPERS, code, steps=("text", "transformer", "odds", "dice", "token"))
