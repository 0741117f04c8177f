"""The translators as programs see them: every endpoint of the family over HTTP, and bad input of every kind."""

import numpy as np
import pytest
from api import NONSENSE, SMALL, Api, answered, bomb, data_url, encoded, small
from PIL import Image

from aigc_demo.services import cards
from aigc_demo.services.cyclegan.requests import DIRECTIONS

WAYS = ("nothing", "without", "cycle")
PUBLIC = [name for name in SMALL if name.startswith("cyclegan_")]


def always(api):
    """The same emoji is translated."""
    return api.file("cyclegan_translate")


@pytest.mark.parametrize("endpoint", PUBLIC)
def test_every_endpoint_answers_gradios_client(program, endpoint):
    answered(program, endpoint)


def test_both_directions_answer_and_differ(api):
    (file, forth), (other, back) = (api.good("cyclegan_translate", direction=way) for way in DIRECTIONS)
    assert forth["away"][0] == back["away"][0]
    assert api.client.get(file["url"]).content != api.client.get(other["url"]).content
    assert len(forth["readings"]) == 3 and 0 <= forth["readings"][0]["vendor_share"] <= 1


def test_a_row_tells_how_far_every_picture_is_from_the_truth(api):
    _, found = api.good("cyclegan_compare", row="things")
    assert {name: len(errors) for name, errors in found["errors"].items()} == dict.fromkeys(WAYS, 8)


def test_a_picture_of_ones_own_has_no_true_pair(api):
    own = data_url(encoded(Image.new("RGB", (300, 200), "tomato")))
    _, found = api.good("cyclegan_translate", picture=own)
    assert "away" not in found and len(found["readings"]) == 2


@pytest.mark.parametrize("endpoint", PUBLIC)
@pytest.mark.parametrize("kind", ["png", "gif", "mp4", "json"])
def test_a_file_carries_its_card(api, tmp_path, endpoint, kind):
    made, result = api.good(endpoint, format=kind)
    file = tmp_path / made["orig_name"]
    file.write_bytes(api.client.get(made["url"]).content)
    card = cards.read(file)
    assert card.use_case == endpoint and len(card.sha256) == 64
    asked = {name: value for name, value in small(endpoint).items() if name != "format"}
    assert card.values == asked == result["card"]["values"]


def test_no_number_is_taken_on_trust(api):
    answers = [api.bad("cyclegan_translate", sample=value) for value in NONSENSE]
    assert all("must be" in words or "is empty" in words for words in answers)


@pytest.mark.parametrize(
    ("endpoint", "field", "value", "words"),
    [
        ("cyclegan_translate", "direction", "to_apple", "must be one of to_google, to_twitter, got to_apple."),
        ("cyclegan_translate", "sample", 24, "must be between 0 and 23, got 24."),
        ("cyclegan_compare", "row", "cats", "must be one of faces, things, signs, got cats."),
        ("cyclegan_compare", "direction", None, "must be"),
        ("cyclegan_compare", "format", "bmp", "must be one of png, gif, mp4, json, got bmp."),
    ],
)
def test_sentences_say_what_to_do(api, endpoint, field, value, words):
    assert words in api.bad(endpoint, **{field: value})


UNREADABLE = "This file is not a picture"


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (data_url(encoded(Image.new("RGBA", (99, 99)))), "This picture is empty."),
        (data_url(bomb(12_000)), "has 144 megapixels"),
        ("x" * 8_100_000, "at most 8000000 characters"),
        ("data:text/html,<script>alert(1)</script>", UNREADABLE),
        ({"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, "was not uploaded here"),
        (7, "must be text"),
    ],
    ids=["empty", "12,000 x 12,000", "8 MB", "page", "file", "number"],
)
def test_a_bad_picture_is_one_sentence(api, picture, words):
    assert words in api.bad("cyclegan_translate", picture=picture)


def test_pictures_of_every_kind_are_translated(api):
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "lime")]
    pictures = {
        "1 x 1": data_url(encoded(frames[0].resize((1, 1)))),
        "moving": data_url(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]), "gif"),
        "cmyk": data_url(encoded(frames[0].convert("CMYK"), "JPEG"), "jpeg"),
        "16 bits": data_url(encoded(Image.fromarray(np.full((30, 40), 40_000, np.uint16)))),
        "thin": data_url(encoded(frames[0].resize((1, 3000)))),
    }
    for name, picture in pictures.items():
        assert len(api.good("cyclegan_translate", picture=picture)[1]["readings"]) == 2, name


def test_chinese_sentences(app_url, client):
    api = Api(app_url, client, "zh")
    assert "24" in api.bad("cyclegan_translate", sample=24)
    assert "144" in api.bad("cyclegan_translate", picture=data_url(bomb(12_000)))
