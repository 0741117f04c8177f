"""The use cases of CLIP as programs see them, over HTTP."""

import pytest
from api import answered

from aigc_demo.services.use_case import requests_of

PUBLIC = [f"clip_{use_case}" for use_case in requests_of("clip")]


@pytest.mark.parametrize("endpoint", PUBLIC)
def test_every_endpoint_answers_gradios_client(program, endpoint):
    assert answered(program, endpoint)["parameters"] > 1e6


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("en", "The model knows none of these words: zebra."), ("zh", "这些词模型一个也不认识：zebra。")],
)
def test_unknown_words_are_one_sentence(api, lang, sentence):
    api.lang = lang
    assert sentence in str(api.bad("clip_matrix", sentences="zebra"))
