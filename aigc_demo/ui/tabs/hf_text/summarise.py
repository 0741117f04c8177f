"""Summarise: the text, and the number of sentences."""

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.tabs.hf_text.task import task
from aigc_demo.ui.use_case_form import UseCaseForm


def build(service: Service) -> UseCaseForm:
    return task(
        "hf_text_summarise",
        service,
        own_controls,
        lambda form: question("hf_text.predict_summary", form, "#hf_text_summarise-view"),
    )


def own_controls(form: UseCaseForm) -> None:
    """What this task asks for and no other does."""
    form.text("text", lines=9)
    form.slider("sentences", main=True)
