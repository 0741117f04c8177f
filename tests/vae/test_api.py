"""The autoencoders as programs see them: every endpoint of the family over HTTP, and bad input of every kind."""

import numpy as np
import pytest
from api import NONSENSE, SMALL, Api, answered, bomb, data_url, encoded, small, stroke
from PIL import Image

from aigc_demo.services import cards
from aigc_demo.services.vae.requests import KINDS

PUBLIC = [name for name in SMALL if name.startswith("vae_")]


def always(api):
    """The same point is decoded."""
    return api.file("vae_plane")


@pytest.mark.parametrize("endpoint", PUBLIC)
def test_every_endpoint_answers_gradios_client(program, endpoint):
    answered(program, endpoint)


def test_a_point_is_four_pictures_of_ink(api):
    _, found = api.good("vae_plane")
    pictures = np.array([found[kind] for kind in KINDS])
    assert pictures.shape == (4, 28, 28) and pictures.min() >= 0 and pictures.max() <= 1
    _, other = api.good("vae_plane", digit=8)
    changed = [kind for kind in KINDS if found[kind] != other[kind]]
    assert changed == ["cvae"]


@pytest.mark.parametrize("endpoint", PUBLIC)
def test_a_file_carries_its_card(api, tmp_path, endpoint):
    made, result = api.good(endpoint)
    file = tmp_path / made["orig_name"]
    file.write_bytes(api.client.get(made["url"]).content)
    card = cards.read(file)
    assert card.use_case == endpoint and len(card.sha256) == 64
    asked = {name: value for name, value in small(endpoint).items() if name != "format"}
    assert card.values == asked == result["card"]["values"]


@pytest.mark.parametrize("kind", ["gif", "mp4", "png", "json"])
def test_a_walk_is_saved_as_what_is_asked(api, kind):
    assert api.good("vae_walk", format=kind)[0]["orig_name"].endswith(f".{kind}")


NUMBERS = [
    ("vae_plane", "x"),
    ("vae_plane", "y"),
    ("vae_plane", "digit"),
    ("vae_rebuild", "sample"),
    ("vae_rebuild", "seed"),
    ("vae_walk", "frames"),
    ("vae_draw", "temperature"),
    ("vae_draw", "code"),
    ("vae_beta", "beta"),
    ("vae_shapes", "dimension"),
    ("vae_shapes", "rotation"),
    ("vae_anomaly", "sample"),
    ("vae_beside", "sample"),
]


@pytest.mark.parametrize(("endpoint", "field"), NUMBERS)
def test_no_number_is_taken_on_trust(api, endpoint, field):
    answers = [api.bad(endpoint, **{field: value}) for value in NONSENSE]
    assert all("must be" in words or "is empty" in words for words in answers)


@pytest.mark.parametrize(
    ("endpoint", "field", "value", "words"),
    [
        ("vae_plane", "digit", 10, "must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, got 10."),
        ("vae_plane", "x", 1e9, "must be between -4 and 4, got 1000000000"),
        ("vae_rebuild", "digit", 10, "must be one of -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, got 10."),
        ("vae_beta", "beta", 0, "must be between 0.25 and 16, got 0."),
        ("vae_beta", "beta", 100, "must be between 0.25 and 16, got 100."),
        ("vae_shapes", "beta", 2, "must be one of 1, 4, 16, got 2."),
        ("vae_draw", "kind", "gan", "must be one of ae, vae, cvae, beta4, got gan."),
        ("vae_anomaly", "odd", "cat", "must be one of none, letter, face, shoe, checks, noise, inverted, got cat."),
        ("vae_walk", "random", "yes", "must be true or false, got yes."),
    ],
)
def test_sentences_say_what_to_do(api, endpoint, field, value, words):
    assert words in api.bad(endpoint, **{field: value})


def test_a_beta_that_was_not_trained_is_answered_by_the_nearest_and_named(api):
    assert [api.good("vae_beta", beta=beta)[1]["beta"] for beta in (0.5, 3, 11.5, 16)] == [0.25, 4, 16, 16]


EMPTY, UNREADABLE = "This drawing is empty.", "This file is not a picture"
DRAWINGS = {
    "blank": (data_url(encoded(Image.new("L", (224, 224), 255))), EMPTY),
    "full": (data_url(encoded(Image.new("RGB", (224, 224)))), EMPTY),
    "clear": (data_url(encoded(Image.new("RGBA", (224, 224), (0, 0, 0, 0)))), EMPTY),
    "huge": (data_url(encoded(Image.new("L", (5000, 5000), 255))), "has 25 megapixels"),
    "cut": (data_url(encoded(stroke())[:-60]), UNREADABLE),
    "address": ("https://example.org/x.png", UNREADABLE),
    "3 MB": ("x" * 3_000_000, "at most 2000000 characters, got 3000000"),
    "null": (None, "must be text"),
    "file": ({"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}, "was not uploaded here"),
}


@pytest.mark.parametrize(
    ("endpoint", "field"),
    [("vae_rebuild", "drawing"), ("vae_walk", "drawing_to"), ("vae_beta", "drawing"), ("vae_anomaly", "drawing")],
)
def test_a_bad_drawing_is_one_sentence(api, endpoint, field):
    for name, (drawing, words) in DRAWINGS.items():
        assert words in api.bad(endpoint, **{field: drawing}), name


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (data_url(encoded(Image.new("RGBA", (99, 99)))), "This picture is empty."),
        (data_url(bomb(13_000)), "has 169 megapixels"),
        ("x" * 8_100_000, "at most 8000000 characters"),
        ("data:text/html,<script>alert(1)</script>", UNREADABLE),
    ],
    ids=["empty", "bomb", "8 MB", "page"],
)
def test_a_bad_picture_is_one_sentence(api, picture, words):
    assert words in api.bad("vae_beside", picture=picture)


def test_a_drawing_is_seen_whatever_its_colours(api):
    sheets = [
        stroke(),
        stroke(paper=0, ink=255),
        stroke(900, "RGB", "white", "navy"),
        stroke(224, "RGBA", (0, 0, 0, 0), (200, 30, 30, 255)),
    ]
    found = [api.good("vae_rebuild", drawing=data_url(encoded(sheet)))[1] for sheet in sheets]
    assert len({value["digit"] for value in found}) == 1
    first, *others = (np.array(value["rows"][1]["mean"]) for value in found)
    assert all(np.abs(first - other).max() < 0.3 for other in others)


def test_chinese_sentences(app_url, client):
    api = Api(app_url, client, "zh")
    assert "1000000000" in api.bad("vae_plane", x=1e9)
    assert "画板是空的" in api.bad("vae_rebuild", drawing=DRAWINGS["blank"][0])
