"""Write a text in another language."""

from aigc_demo.services.hf_text.answers import Said, task
from aigc_demo.services.hf_text.requests import Translate
from aigc_demo.services.use_case import UseCase

USE_CASE: UseCase[Translate, Said] = task(Translate())
