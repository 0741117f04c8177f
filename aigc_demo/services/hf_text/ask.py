"""Answer a question by a text."""

from aigc_demo.services.hf_text.answers import Said, task
from aigc_demo.services.hf_text.requests import Ask
from aigc_demo.services.use_case import UseCase

USE_CASE: UseCase[Ask, Said] = task(Ask())
