"""Several programs ask at once over the HTTP API."""

import io
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import pytest
from api import calm, seconds, small
from PIL import Image


def always(api):
    """The same picture is drawn."""
    return api.file("diffusion_draw")


def pixels(file):
    """The last frame of a picture, in levels of grey."""
    with Image.open(io.BytesIO(file)) as picture:
        picture.seek(getattr(picture, "n_frames", 1) - 1)
        return np.asarray(picture.convert("L"), int)


def test_two_at_once_get_their_own_pictures(api):
    def save(seed):
        return api.file("diffusion_redraw", seed=seed, steps=5)

    alone = {seed: save(seed) for seed in (1, 2)}
    assert alone[1] != alone[2]
    with ThreadPoolExecutor(2) as pool:
        for seed, file in zip((1, 2) * 4, pool.map(save, (1, 2) * 4), strict=True):
            assert pixels(file).shape == pixels(alone[seed]).shape
            assert np.abs(pixels(file) - pixels(alone[seed])).max() <= 1  # computed in one batch, so rounded otherwise


@pytest.mark.parametrize(
    ("endpoint", "changes"),
    [
        ("diffusion_draw", {"steps": 1000}),
        ("diffusion_draw", {"steps": 1000, "format": "gif"}),
        ("diffusion_redraw", {"steps": 1000, "level": 999}),
        ("diffusion_beside", {"steps": 100, "sampler": "heun"}),
        ("diffusion_cut", {"few": 50, "many": 100, "sampler": "heun"}),
        ("diffusion_samplers", {"guidance": 1.5}),
    ],
)
def test_work_that_nobody_waits_for_ends(api, app_process, endpoint, changes):
    """The stream is closed: the next person's turn comes, and no more than a step or two was still computed."""
    process = app_process[0].pid
    assert calm(process, 60), "the libraries are still being loaded"
    address = api.start(endpoint, [*{**small(endpoint), **changes}.values()])
    with httpx.Client(timeout=60) as leaver, leaver.stream("GET", address) as answer:
        for line in answer.iter_lines():
            if line.startswith("event: generating"):
                break
    left = seconds(process)
    api.good("diffusion_draw", steps=1)
    assert calm(process, 5)
    assert seconds(process) - left < 1.5  # all of it takes 4 seconds and more
