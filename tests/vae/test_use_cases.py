"""The autoencoder use cases, on tiny untrained weights of the right shape."""

import dataclasses
import json
import math

import numpy as np
import pytest
import torch
from api import SVG, bomb, data_url, encoded, stroke
from PIL import Image
from tiny_vae import filled, tiny_store

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError, UnavailableError, UserError
from aigc_demo.models.vae import bound
from aigc_demo.services.service import Service
from aigc_demo.services.vae.anomaly import rank
from aigc_demo.services.vae.autoencoders import seen
from aigc_demo.services.vae.requests import (
    ANY,
    KINDS,
    ODD,
    TRAVERSE,
    Anomaly,
    Beside,
    Beta,
    Draw,
    Plane,
    Rebuild,
    Shapes,
    Walk,
    of_kind,
)


def same(a, b):
    np.testing.assert_allclose(a, b, rtol=0, atol=1e-4)


@pytest.fixture(scope="module")
def assets(tmp_path_factory):
    """A folder of assets with tiny autoencoders and the real digits."""
    return filled(tmp_path_factory.mktemp("project") / "assets")


@pytest.fixture(scope="module")
def service(assets):
    """The use cases over them."""
    return Service(tiny_store(assets))


def made_of(service, request):
    """The last result of a request."""
    return service.result(f"vae_{type(request).__name__.lower()}", request)


# one request, one answer


def test_a_point_is_decoded_by_all_four(service):
    made = made_of(service, Plane(x=1.5, y=-0.5, digit=4))
    assert made.shape == (4, 28, 28) and made.dtype == np.float32 and 0 <= made.min() < made.max() <= 1
    for kind, picture in zip(KINDS, made, strict=True):
        model = service.store.load(of_kind(kind, 2))
        same(picture, model.paint(torch.tensor([[1.5, -0.5]]), torch.tensor([4]))[0, 0])
    other = made_of(service, Plane(x=1.5, y=-0.5, digit=5))
    changed = [kind for kind, a, b in zip(KINDS, made, other, strict=True) if not np.array_equal(a, b)]
    assert changed == ["cvae"]


@pytest.mark.parametrize("code", [2, 16])
def test_a_digit_is_rebuilt_by_all_four(service, code):
    made = made_of(service, Rebuild(code=code, digit=3))
    assert [row.kind for row in made.rows] == list(KINDS) and made.digit == 3
    for row in made.rows:
        assert row.mean.shape == row.deviation.shape == (code,) and row.again.shape == (8, 28, 28)
        same(row.error, row.picture - made.picture)
        assert row.squared_error == pytest.approx(np.square(row.error).mean(), rel=1e-4)
    plain, *spread = made.rows
    assert plain.kl_nats == 0 and not plain.deviation.any() and np.ptp(plain.again, axis=0).max() < 1e-6
    same(plain.again[0], plain.picture)
    for row in spread:
        kl = 0.5 * (row.mean**2 + row.deviation**2 - 1 - 2 * np.log(row.deviation)).sum()
        assert row.kl_nats == pytest.approx(kl, rel=1e-3) and np.ptp(row.again, axis=0).max() > 1e-3


def test_the_plane_shows_what_a_digit_is_rebuilt_to(service):
    """At the code of a digit, click and rebuilding agree."""
    made = made_of(service, Rebuild(sample=20, digit=1))
    for i, row in enumerate(made.rows):
        x, y = map(float, row.mean)
        same(made_of(service, Plane(x=x, y=y, digit=1))[i], row.picture)


def test_a_class_that_is_not_said_is_read(service):
    made = made_of(service, Rebuild(sample=77))
    padded = torch.nn.functional.pad(torch.from_numpy(made.picture)[None, None] * 2 - 1, (2, 2, 2, 2), value=-1.0)
    assert made.digit == int(service.store.load("judge-digits")(padded).argmax())
    said = made_of(service, Rebuild(sample=77, digit=made.digit))
    same(said.rows[2].picture, made.rows[2].picture)


@pytest.mark.parametrize("code", [2, 16])
@pytest.mark.parametrize("kind", KINDS)
def test_a_walk_ends_at_the_rebuilt_digits(service, kind, code):
    way = made_of(service, Walk(kind=kind, code=code, sample_from=5, sample_to=150, frames=6))
    ends = [made_of(service, Rebuild(sample=sample, code=code)).rows[KINDS.index(kind)] for sample in (5, 150)]
    for row in (way.straight, way.arc, way.fade):
        assert row.shape == (6, 28, 28)
        same(row[0], ends[0].picture)
        same(row[-1], ends[1].picture)
    same(way.fade[2], 0.6 * way.fade[0] + 0.4 * way.fade[-1])
    lengths = [np.linalg.norm(end.mean) for end in ends]
    for norm in (way.straight_norm, way.arc_norm):
        same(norm[[0, -1]], lengths)
    assert np.all(way.straight_norm <= max(lengths) + 1e-5)


def test_a_random_walk_goes_between_the_codes_of_two_seeds(service):
    way = made_of(service, Walk(random=True, seed=2**32 - 1, frames=3))
    codes = [torch.randn(16, generator=torch.Generator().manual_seed(seed)) for seed in (2**32 - 1, 0)]
    same(way.straight_norm, [codes[0].norm(), (codes[0] + codes[1]).norm() / 2, codes[1].norm()])
    same(way.arc[-1], service.store.load("vae-digits-vae").paint(codes[1][None])[0, 0])
    same(way.straight[0], made_of(service, Walk(random=True, seed=2**32 - 1, frames=9)).straight[0])


def test_a_walk_to_the_same_digit_stands_still(service):
    way = made_of(service, Walk(kind="cvae", sample_from=33, sample_to=33))
    for row in (way.straight, way.arc, way.fade):
        assert np.ptp(row, axis=0).max() < 1e-5
    assert np.ptp(way.arc_norm) < 1e-5


def test_half_of_the_way_a_cvae_is_told_half_of_each_class(service):
    request = Walk(kind="cvae", random=True, seed=4, frames=3)
    streams = [torch.Generator().manual_seed(seed) for seed in (4, 5)]
    codes = [torch.randn(16, generator=stream) for stream in streams]
    told = torch.zeros(1, 10)
    for stream in streams:
        told[0, torch.randint(10, (1,), generator=stream)] += 0.5
    middle = service.store.load("vae-digits-cvae").paint(((codes[0] + codes[1]) / 2)[None], told)[0, 0]
    same(made_of(service, request).straight[1], middle)


@pytest.mark.parametrize("kind", KINDS)
def test_drawn_codes_come_from_the_seed(service, kind):
    made = made_of(service, Draw(kind=kind, digit=6, seed=5, temperature=0.7))
    z = 0.7 * torch.randn(64, 16, generator=torch.Generator().manual_seed(5))
    same(made, service.store.load(of_kind(kind, 16)).paint(z, torch.full((64,), 6))[:, 0])
    assert np.array_equal(made, made_of(service, Draw(kind=kind, digit=6, seed=5, temperature=0.7)))
    assert np.abs(made - made_of(service, Draw(kind=kind, digit=6, seed=6, temperature=0.7))).max() > 1e-3


def test_a_cvae_draws_every_digit_from_the_same_codes(service):
    every = made_of(service, Draw(kind="cvae", digit=ANY)).reshape(10, 8, 28, 28)
    for digit in range(10):
        same(every[digit], made_of(service, Draw(kind="cvae", digit=digit))[:8])
    assert made_of(service, Draw(kind="vae", digit=3)).shape == (64, 28, 28)


def test_without_temperature_everything_is_the_middle(service):
    made = made_of(service, Draw(temperature=0))
    assert np.ptp(made, axis=0).max() == 0


@pytest.mark.parametrize(
    ("asked", "used"), [(0.25, 0.25), (0.5, 0.25), (0.75, 1), (1, 1), (3, 4), (5.5, 4), (11, 8), (12, 16), (16, 16)]
)
def test_the_nearest_trained_beta_is_used_and_named(service, asked, used):
    made = made_of(service, Beta(beta=asked, sample=8))
    assert made.beta == used
    model = service.store.load("vae-digits-vae" if used == 1 else f"vae-digits-beta{used:g}")
    x = seen(service.store, 8, "")
    same(made.rebuilt, model.paint(model.encode(x).mean)[0, 0])


def test_a_traversal_moves_one_dimension(service):
    made = made_of(service, Beta(sample=8))
    assert made.traversals.shape == (16, 9, 28, 28) and made.kl_dimensions.shape == (16,)
    model = service.store.load("vae-digits-beta4")
    q = model.encode(seen(service.store, 8, ""))
    same(made.kl_dimensions, q.kl()[0])
    z = q.mean.clone()
    z[0, 11] = TRAVERSE[2]
    same(made.traversals[11, 2], model.paint(z)[0, 0])
    p = made.rebuilt.astype(np.float64).clip(1e-7, 1 - 1e-7)
    nats = -(made.picture * np.log(p) + (1 - made.picture) * np.log(1 - p)).sum()
    assert made.reconstruction_nats == pytest.approx(nats, rel=1e-4)


def test_a_shape_is_drawn_from_its_factors(service):
    made = made_of(service, Shapes(shape="square", scale=5, rotation=0, x=0, y=31, beta=16, training_seed=2))
    down, right = np.indices((64, 64)) + 0.5
    mass = made.picture.sum()
    centre = (made.picture * right).sum() / mass, (made.picture * down).sum() / mass
    same(centre, (16.5, 47.5))
    model = service.store.load("vae-shapes-beta16-seed2")
    same(made.rebuilt, model.paint(torch.from_numpy(made.mean)[None])[0, 0])
    assert made.traversals.shape == (10, 9, 64, 64) and made.deviation.min() > 0


@pytest.mark.parametrize("name", ODD)
def test_every_odd_picture_gets_a_bound(service, name):
    made = made_of(service, Anomaly(odd=name, seed=3))
    assert made.picture.shape == (28, 28) and 0 <= made.picture.min() < made.picture.max() <= 1
    x, model = torch.from_numpy(made.picture)[None, None], service.store.load("vae-digits-vae")
    noise = torch.randn(64, 16, generator=torch.Generator().manual_seed(3))[:, None]
    assert made.bound_nats == pytest.approx(float(bound(model.log_weights(x, noise))), rel=1e-5)
    assert math.isnan(made.rank)  # no bounds of test digits ship here
    assert np.abs(made.picture - made_of(service, Anomaly()).picture).max() > 0.5 or name == "none"


def test_an_odd_picture_comes_before_the_drawing(service):
    blank = data_url(encoded(Image.new("L", (200, 200), 255)))
    same(made_of(service, Anomaly(odd="face", drawing=blank)).picture, made_of(service, Anomaly(odd="face")).picture)
    negative = made_of(service, Anomaly(odd="inverted", sample=9)).picture
    same(negative, 1 - made_of(service, Anomaly(sample=9)).picture)
    with pytest.raises(UserError, match="This drawing is empty"):
        made_of(service, Anomaly(odd="inverted", drawing=blank))


def test_the_rank_counts_the_test_digits_below(service, assets):
    file = assets / "examples" / "vae-anomaly.json"
    file.write_text(json.dumps({"bounds": [-300.0, -200.0, -200.0, -100.0]}))
    ranks = [rank(service.store, nats) for nats in (-1e9, -250, -200, -150, 0)]
    file.unlink()
    assert ranks == [0, 0.25, 0.25, 0.75, 1]


# drawings


def drawn(**options):
    """A bar, drawn with a pen, as the page sends it."""
    return data_url(encoded(stroke(**options)))


def test_drawings_are_seen_as_digits_are(service):
    """Any polarity, colour and size is the same digit, ink near 1 on 0."""
    sheets = [
        drawn(),
        drawn(mode="RGB", paper="white", ink="navy"),
        drawn(paper=0, ink=255),
        drawn(size=2000),
        drawn(mode="RGBA", paper=(0, 0, 0, 0), ink=(200, 30, 30, 255)),
    ]
    first, *others = (seen(service.store, 0, sheet)[0, 0].numpy() for sheet in sheets)
    assert first.shape == (28, 28) and first.max() == 1 and first.min() == 0
    for other in others:
        np.testing.assert_allclose(other, first, atol=0.1)


BAD = {
    "blank": (data_url(encoded(Image.new("L", (200, 200), 255))), "This drawing is empty"),
    "full": (data_url(encoded(Image.new("L", (200, 200), 0))), "This drawing is empty"),
    "transparent": (data_url(encoded(Image.new("RGBA", (200, 200)))), "This drawing is empty"),
    "huge": (data_url(bomb(6000)), "megapixels; the most is 16"),
    "svg": (data_url(SVG), "This file is not a picture"),
    "words": ("a digit, please", "This file is not a picture"),
    "cut": (drawn()[:-400], "This file is not a picture"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_drawing_is_one_sentence_and_the_next_one_works(service, name):
    drawing, words = BAD[name]
    for request in (
        Rebuild(drawing=drawing),
        Walk(drawing_to=drawing),
        Beta(drawing=drawing),
        Anomaly(drawing=drawing),
    ):
        with pytest.raises(UserError, match=words):
            made_of(service, request)
        if drawing.startswith("data:"):
            with pytest.raises(UserError, match=words):
                service.card(f"vae_{type(request).__name__.lower()}", request)
    assert made_of(service, Rebuild(drawing=drawn())).picture.max() == 1


# bounds


REQUESTS = (Plane, Rebuild, Walk, Draw, Beta, Shapes, Anomaly, Beside)


@pytest.mark.parametrize(
    ("request_class", "values", "words"),
    [
        (Plane, {"x": 1e9}, "x must be between -4 and 4, got 1000000000.0."),
        (Plane, {"y": float("nan")}, "y must be a number, got nan."),
        (Plane, {"digit": 10}, "digit must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, got 10."),
        (Rebuild, {"digit": 10}, "digit must be one of -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, got 10."),
        (Rebuild, {"code": 3}, "code must be one of 2, 16, got 3."),
        (Draw, {"kind": "gan"}, "kind must be one of ae, vae, cvae, beta4, got gan."),
        (Draw, {"temperature": float("inf")}, "temperature must be a number, got inf."),
        (Beta, {"beta": 17}, "beta must be between 0.25 and 16, got 17."),
        (Beta, {"beta": 0}, "beta must be between 0.25 and 16, got 0."),
        (Shapes, {"beta": 2}, "beta must be one of 1, 4, 16, got 2."),
        (Walk, {"frames": 2.5}, "frames must be a whole number, got 2.5."),
        (Anomaly, {"odd": "cat"}, "odd must be one of none, letter, face, shoe, checks, noise, inverted, got cat."),
    ],
)
def test_bad_values_are_refused_in_one_sentence(request_class, values, words):
    with pytest.raises(BadRequestError) as error:
        request_class(**values)
    assert str(error.value) == words


@pytest.mark.parametrize("request_class", REQUESTS)
@pytest.mark.parametrize(
    "value",
    [None, [], {}, float("nan"), float("inf"), 10**400, "seven", b"x"],
    ids=["null", "list", "dict", "nan", "inf", "huge", "text", "bytes"],
)
def test_no_field_takes_nonsense(request_class, value):
    for field in dataclasses.fields(request_class):
        if isinstance(value, str) and isinstance(field.default, str):
            continue  # a text, and judged as one
        with pytest.raises(BadRequestError) as error:
            request_class(**{field.name: value})
        assert str(error.value).startswith(field.name) and len(str(error.value)) < 200


def test_weights_that_are_not_there_are_named_with_what_trains_them(assets, service):
    store = Store(assets.parent, device="cpu", listing=service.store.catalogue)
    with pytest.raises(UnavailableError, match="vae-digits-ae-2d are not on this machine. Run: python -m"):
        made_of(Service(store), Plane())


def test_facts_count_the_weights_that_took_part(service):
    ids = [of_kind(kind, 2) for kind in KINDS]
    weights = {id: sum(p.numel() for p in service.store.load(id).parameters()) for id in ids}
    all_four = service.facts("vae_plane", Plane())
    assert all_four["parameters"] == sum(weights.values()) and all_four["seed"] is None
    assert all_four["device"].startswith("CPU")
    alone = service.facts("vae_draw", Draw(kind="vae", code=2, seed=3))
    assert alone["parameters"] == weights["vae-digits-vae-2d"] and alone["seed"] == 3
