"""The use cases of CLIP as programs see them, over HTTP."""

from pathlib import Path

import pytest
from api import small

from aigc_demo.services.use_case import find, requests_of

PUBLIC = [f"clip_{use_case}" for use_case in requests_of("clip")]


@pytest.mark.parametrize("endpoint", PUBLIC)
def test_every_endpoint_answers_gradios_client(program, endpoint):
    file, told = program.predict(api_name=f"/{endpoint}", **small(endpoint))
    assert file["url"].endswith(f".{find(endpoint).formats[0]}") and Path(file["path"]).name == file["orig_name"]
    assert told["card"]["use_case"] == endpoint and told["milliseconds"] > 0 and told["parameters"] > 1e6


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("en", "The model knows none of these words: zebra."), ("zh", "这些词模型一个也不认识：zebra。")],
)
def test_unknown_words_are_one_sentence(api, lang, sentence):
    api.lang = lang
    assert sentence in str(api.bad("clip_matrix", sentences="zebra"))
