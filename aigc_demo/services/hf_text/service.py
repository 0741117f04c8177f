"""The family under its earlier names, for programs that were written with them; new ones take services/service.py."""

from aigc_demo.services.hf_text.answers import Answering, answered
from aigc_demo.services.hf_text.models import Models, models
from aigc_demo.services.hf_text.requests import Ask, Chat, Summarise, Translate, read


class HFTextService:
    """Answers of one place's models, by default those of this process."""

    def __init__(self, desk: Models | None = None):
        self.desk = desk or models()

    def chat(self, request: Chat) -> Answering:
        return answered(self.desk, request, read(request.history))

    def summarise(self, request: Summarise) -> Answering:
        return answered(self.desk, request)

    def ask(self, request: Ask) -> Answering:
        return answered(self.desk, request)

    def translate(self, request: Translate) -> Answering:
        return answered(self.desk, request)
