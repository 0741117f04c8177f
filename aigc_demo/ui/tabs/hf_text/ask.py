"""Ask: a question that a text answers."""

from aigc_demo.services.service import Service
from aigc_demo.ui.question import question
from aigc_demo.ui.tabs.hf_text.task import task
from aigc_demo.ui.use_case_form import UseCaseForm


def build(service: Service) -> UseCaseForm:
    return task(
        "hf_text_ask", service, own_controls, lambda form: question("hf_text.predict_found", form, "#hf_text_ask-view")
    )


def own_controls(form: UseCaseForm) -> None:
    """What this task asks for and no other does."""
    form.text("query", lines=2)
    form.text("context", lines=8)
