"""Train a small GPT on a text, from nothing, live; write with it on its family's page, take it home, open it again.

A training is that person's alone, as in train.py.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import gradio as gr

from aigc_demo.services.gpt.sample_texts import SAMPLES
from aigc_demo.services.service import Service
from aigc_demo.services.training.requests import MINUTES
from aigc_demo.services.use_case import Json
from aigc_demo.ui.events import QUICK, guarded
from aigc_demo.ui.i18n import language, t, tr
from aigc_demo.ui.question import question
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.gpt.tune import corpus, tune_view
from aigc_demo.ui.tabs.training.train import LENGTHS
from aigc_demo.ui.use_case_form import HIDDEN, Say, UseCaseForm
from aigc_demo.ui.views.own import own_link
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

RATES = (0.1, 0.3, 1.0, 3.0, 10.0)
PAPERS = {
    "Vaswani et al., Attention Is All You Need, 2017": "https://arxiv.org/abs/1706.03762",
    "Radford et al., Improving Language Understanding by Generative Pre-Training, 2018": (
        "https://cdn.openai.com/research-covers/language-unsupervised/language_understanding_paper.pdf"
    ),
    "Jordan et al., Muon: An optimizer for hidden layers in neural networks, 2024": (
        "https://kellerjordan.github.io/posts/muon/"
    ),
}
PRESETS: dict[str, dict[str, Any]] = {
    "training.try_plays": {"text": ""},
    "inside.corpus_alice": {"text": SAMPLES["alice"][1]},
    "inside.corpus_thousand": {"text": SAMPLES["thousand"][1]},
}


def build(service: Service) -> UseCaseForm:
    """The tab of a training on a text: its controls, the curve, the samples, where the model can be used."""
    form = UseCaseForm("training_gpt", service)
    with form.tab():
        kept = gr.State("")  # token of this person's training
        with bench():
            with controls():
                settings(form)
            with result():
                learned = tune_view("training_gpt-view", form.first_shown(shown, 3)[0])
                link = own_link("training_gpt-link")
                form.outcome(("safetensors", "txt", "json"), state=[kept])
                file = gr.UploadButton(t("training.open_model"), size="sm", elem_id="training_gpt-open", scale=0)
        question("training.predict_minute", form, "#training_gpt-view .lx-chart")
        how_it_works(
            r"\theta \leftarrow \theta - \eta \, \text{Muon}\!\left( \nabla_\theta \, "
            r"\tfrac{1}{BT} \sum -\log p_\theta(x_{t+1} \mid x_{\le t}) \right)",
            "training.how_gpt",
            PAPERS,
            sources("services.training.gpt:FromNothing", "training.optimisers:orthogonalised"),
            steps=("own_text", "transformer", "loss", "weights"),
        )
    form.run(learned, link, kept, show=shown, state=[kept], roll=False, show_progress="hidden")

    @guarded
    def on_open(path: str, request: gr.Request) -> Json:
        from aigc_demo.services.training.gpt import open_again

        made, lang = open_again(service.store, Path(path)), language(request)
        words = tr(lang, "training.use_opened", weights=f"{made.weights / 1e3:.0f} k", characters=made.characters)
        return {"href": address(made.own, made.begin), "words": words}

    file.upload(on_open, file, link, api_name="training_gpt_open", **QUICK, **HIDDEN)
    return form


def settings(form: UseCaseForm) -> None:
    """The text, how long, and what of the recipe can be changed."""
    form.add("text", corpus("training_gpt-text"))
    gr.HTML(f'<p class="lx-small">{t("training.plays")}</p>')
    lengths = [minutes for minutes in LENGTHS if minutes <= MINUTES] or [MINUTES]
    form.choice("minutes", options=[(f"{minutes:g}", minutes) for minutes in lengths], radio=True)
    form.buttons("training.run_train")
    with drawer():
        form.choice("rate", options=[(f"{rate:g} ×", rate) for rate in RATES])
        for name in ("width", "layers", "span", "pieces"):
            form.choice(name)
        form.slider("every")
        form.text("prompt")
        form.slider("temperature")
        form.seed()
    form.presets(PRESETS)


def shown(value: Json, say: Say) -> Sequence[Any]:
    """Curve and samples, where the model can be used, and the token that the page keeps."""
    told = {name: part for name, part in value.items() if name not in ("token", "own", "begin")}
    link = {"href": address(value["own"], value["begin"]), "words": say("training.use_gpt")} if value["own"] else None
    return [told, link, value["token"]]


def address(own: str, begin: str) -> str:
    """The page that writes with a model."""
    return f"./gpt?tab=gpt_write&checkpoint={own}&prompt={quote(begin)}"
