"""Phase shuffle on the weights that ship: scores of a moved sound, what shuffling makes of them, and what is told."""

import base64

import numpy as np
import pytest
import torch
from runs import Runs, last

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadFileError, BadRequestError
from aigc_demo.data import sound_files
from aigc_demo.data.spoken import LENGTH
from aigc_demo.services.audiogan.requests import Shuffle
from aigc_demo.services.audiogan.shuffle import COLUMNS, PLACES, ROWS, curve, drawn, later, numbers, swing
from aigc_demo.services.audiogan.sounding import made, start_of
from aigc_demo.services.audiogan.wave import gan_of, generated, noise_of

FEW = 2
SOUNDS = 40


@pytest.fixture(scope="module")
def service():
    """The use cases over the weights that ship."""
    return Runs(Store(device="cpu"), "audiogan")


def url(samples):
    """Samples as a page sends them."""
    return f"data:audio/wav;base64,{base64.b64encode(sound_files.encoded(samples, 'wav')).decode()}"


def test_a_sound_is_moved_by_samples_and_silence_comes_before_it():
    assert later(torch.arange(1.0, 6), 2).tolist() == [0, 0, 1, 2, 3]
    assert later(torch.arange(1.0, 6), 0).tolist() == [1, 2, 3, 4, 5]


def test_moves_are_drawn_from_a_seed_within_their_bounds_and_without_shuffle_there_are_none():
    moves = drawn(Shuffle(most=3, draws=32), 3)
    assert moves == drawn(Shuffle(most=3, draws=32), 3) != drawn(Shuffle(most=3, draws=32, seed=2), 3)
    assert {by for draw in moves for by in draw} == set(range(-3, 4)) and {len(draw) for draw in moves} == {3}
    assert drawn(Shuffle(shuffle=False), 3) == ()


def test_scores_are_the_critics_own_and_a_draw_moves_what_it_says(service):
    found = last(service.shuffle(Shuffle(draws=FEW)))
    critic = gan_of(service.store).critic
    sound = generated(service.store, noise_of(service.store, [1]), [3])[0]
    for by in (0, found.furthest):
        score = critic(later(sound, by)[None], torch.tensor([3]))
        assert found.off[by] == pytest.approx(float(score.detach()), abs=1e-4)
    assert found.on.shape == (FEW, PLACES) and len(found.moves) == FEW
    assert abs(found.off[found.furthest] - found.off[0]) == np.abs(found.off - found.off[0]).max()
    assert found.sounds.samples.shape == (2, LENGTH)
    for by, (before, after) in zip(found.moves[0], found.maps[:, :, 0], strict=True):
        assert before.shape == (ROWS, COLUMNS)
        kept = [slice(max(0, -by), COLUMNS - max(0, by)), slice(max(0, by), COLUMNS + min(0, by))]
        one, other = before[:, kept[0]], after[:, kept[1]]
        assert np.corrcoef(one.reshape(-1), other.reshape(-1))[0, 1] > 0.999


def test_the_mean_of_more_draws_is_flatter_and_the_score_neither_stays_nor_falls(service):
    found = last(service.shuffle(Shuffle(draws=16)))
    assert swing(curve(found)) < 0.5 * swing(found.off)
    rises = np.mean(np.diff(found.off) > 0)
    assert 0.3 < rises < 0.7  # another answer of the card: the later, the lower
    told = numbers(Shuffle(), found)
    assert told["swing"] == pytest.approx(swing(found.off), rel=1e-3) and len(told["mean"]) == PLACES
    assert all(low <= mean <= high for low, mean, high in zip(told["low"], told["mean"], told["high"], strict=True))


def test_without_shuffle_nothing_is_said_of_draws(service):
    found = last(service.shuffle(Shuffle(shuffle=False)))
    assert found.on.shape == (0, PLACES) and found.moves == () and "mean" not in numbers(Shuffle(), found)
    np.testing.assert_array_equal(curve(found), found.off)
    np.testing.assert_array_equal(found.maps[:, 0], found.maps[:, 1])


def test_sounds_of_wavegan_lose_a_tenth_once_they_are_moved_and_those_of_diffusion_nothing(service):
    store, digits = service.store, [i % 10 for i in range(SOUNDS)]
    *_, step = made(store, start_of(store, range(SOUNDS)), digits, 12, 2.0)
    kinds = (generated(store, noise_of(store, range(SOUNDS)), digits), torch.from_numpy(step.value.samples) / 0.9)
    lost = []
    for sounds in kinds:
        with torch.inference_mode():
            scores = [
                gan_of(store).critic(torch.stack([later(sound, by) for sound in sounds]), torch.tensor(digits)).mean()
                for by in range(0, PLACES, 3)
            ]
        lost.append(float(scores[0] - sum(scores[1:]) / len(scores[1:])))
    assert 0.08 < lost[0] < 0.16 and abs(lost[1]) < 0.03


def test_a_recording_is_scored_as_what_is_heard(service):
    *_, step = made(service.store, start_of(service.store, [7]), [4], 12, 2.0)
    found = last(service.shuffle(Shuffle(digit=9, recording=url(step.value.samples[0]), draws=1)))
    assert found.digit == 4
    value = last(service.service.stream("audiogan_shuffle", Shuffle(recording=url(step.value.samples[0]), draws=1)))
    assert value["own"] and value["digit"] == 4 and len(value["off"]) == PLACES


@pytest.mark.parametrize("values", [{"most": 0}, {"most": 5}, {"draws": 0}, {"draws": 33}, {"shuffle": "on"}])
def test_values_out_of_bounds_are_refused(values):
    with pytest.raises(BadRequestError):
        Shuffle(**values)


def test_a_bad_recording_is_one_sentence(service):
    with pytest.raises(BadFileError):
        last(service.shuffle(Shuffle(recording="no sound")))
