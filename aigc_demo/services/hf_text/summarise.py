"""Summarise: a long text in, a few sentences out."""

from aigc_demo.services.hf_text.answers import Said, task
from aigc_demo.services.hf_text.requests import Summarise
from aigc_demo.services.use_case import UseCase

USE_CASE: UseCase[Summarise, Said] = task(Summarise())
