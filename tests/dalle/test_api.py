"""The use cases of DALL-E as programs see them, over HTTP."""

import pytest
from api import answered

from aigc_demo.services.use_case import requests_of

PUBLIC = [f"dalle_{use_case}" for use_case in requests_of("dalle")]


@pytest.mark.parametrize("endpoint", PUBLIC)
def test_every_endpoint_answers_gradios_client(program, endpoint):
    assert answered(program, endpoint)["parameters"] > 1e6


@pytest.mark.parametrize(
    ("lang", "kept", "sentence"),
    [
        ("en", "1024", "There is no token 1024: those of the codebook are 0 to 1023."),
        ("zh", "1024", "没有编号为 1024 的词元：码本的编号从 0 到 1023。"),
    ],
)
def test_a_token_that_does_not_exist_is_one_sentence(api, lang, kept, sentence):
    api.lang = lang
    assert sentence in str(api.bad("dalle_draw", kept=kept))
