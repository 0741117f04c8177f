"""A task: one text in, one answer out, by the same model and the same wiring."""

from collections.abc import Callable

from aigc_demo.services.service import Service
from aigc_demo.ui.source import sources
from aigc_demo.ui.tabs.hf_text.talk import FORMATS, engine_box, talk, wire_look
from aigc_demo.ui.use_case_form import UseCaseForm
from aigc_demo.ui.widgets import bench, controls, drawer, how_it_works, result

PAPERS = {
    "Radford et al., Language Models are Unsupervised Multitask Learners (GPT-2), 2019": (
        "https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf"
    ),
    "Raffel et al., Exploring the Limits of Transfer Learning (T5), 2019": "https://arxiv.org/abs/1910.10683",
}


def task(
    use_case: str, service: Service, own_controls: Callable[[UseCaseForm], None], card: Callable[[UseCaseForm], object]
) -> UseCaseForm:
    """The form of a task; `own_controls` adds what it asks for and no other does, `card` its question."""
    name = use_case.rpartition("_")[2]
    form = UseCaseForm(use_case, service)
    with form.tab():
        with bench():
            with controls():
                own_controls(form)
                form.buttons(f"hf_text.run_{name}")
                with drawer():
                    form.fields("length", "temperature")
                    look = engine_box(form)
                    form.seed()
            with result():
                answer = talk(form, answer=True)
                form.outcome(FORMATS, state=[answer], library="hf_text.transformers")
        card(form)
        how_it_works(
            r"p(\text{answer} \mid \text{task},\ \text{text}) = \prod_t p(x_t \mid x_{<t},\ \text{task},\ \text{text})",
            f"hf_text.how_{name}",
            PAPERS,
            sources("services.hf_text.prompts:messages"),
            steps=("text", "task", "transformer", "answer"),
        )
    wire_look(form, look)
    form.run(answer)
    return form
