"""The audiogan use cases on the weights that ship: what is heard, judged and saved."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image
from runs import Runs, card_of, last, saved

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadFileError, BadRequestError
from aigc_demo.core.steps import Step
from aigc_demo.data import sound_files
from aigc_demo.data.spoken import LENGTH
from aigc_demo.data.spoken_files import RATE
from aigc_demo.sampling.names import SAMPLERS
from aigc_demo.services.audiogan.requests import Beside, Both, Draw, Judge, Pad, Shuffle, Walk, Wave
from aigc_demo.services.use_case import find

FEW = 3
NAMES = ("draw", "walk", "pad", "wave", "shuffle", "both", "judge", "beside")
SMALL = {
    "draw": Draw(steps=FEW),
    "walk": Walk(steps=FEW, stops=3),
    "pad": Pad(steps=1),
    "wave": Wave(stops=3),
    "shuffle": Shuffle(draws=1),
    "both": Both(sounds=2, steps=FEW),
    "judge": Judge(),
    "beside": Beside(steps=FEW),
}


@pytest.fixture(scope="module")
def service():
    """The use cases over the weights that ship."""
    return Runs(Store(device="cpu"), "audiogan")


def url(samples):
    """Samples as a page sends them."""
    return f"data:audio/wav;base64,{base64.b64encode(sound_files.encoded(samples, 'wav')).decode()}"


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_step_is_a_picture_and_a_sound(service, sampler):
    run = last(service.draw(Draw(steps=FEW, sampler=sampler)))
    for sounds in (run.now, run.guess):
        assert sounds.pictures.shape == (FEW + 1, 1, 64, 64) and np.abs(sounds.pictures).max() <= 1
        assert sounds.samples.shape == (FEW + 1, LENGTH) and np.isfinite(sounds.samples).all()
        np.testing.assert_allclose(np.abs(sounds.samples).max(1), 0.9, atol=1e-3)
    assert run.levels[0] == 999 and run.levels[-1] == -1 and run.signals[-1] == 1
    np.testing.assert_array_equal(run.now.pictures[-1], run.guess.pictures[-1])


def test_a_seed_fixes_the_sound_and_another_changes_it(service):
    sounds = [last(service.draw(Draw(seed=seed, steps=FEW))).now.samples[-1] for seed in (7, 7, 8)]
    np.testing.assert_array_equal(sounds[0], sounds[1])
    assert np.abs(sounds[0] - sounds[2]).max() > 0.1


def test_a_walk_begins_and_ends_at_its_seeds(service):
    ends = last(service.walk(Walk(stops=3, steps=FEW, seed_from=1, seed_to=2))).pictures[[0, 2]]
    for seed, end in zip((1, 2), ends, strict=True):
        alone = last(service.walk(Walk(stops=2, steps=FEW, seed_from=seed, seed_to=5))).pictures[0]
        np.testing.assert_allclose(end, alone, atol=1e-3)


def test_a_series_of_wavegan_begins_and_ends_at_its_seeds_and_every_digit_is_another(service):
    series = last(service.wave(Wave(stops=3, seed_from=1, seed_to=2)))
    assert series.samples.shape == (3, LENGTH) and np.isfinite(series.samples).all()
    np.testing.assert_allclose(np.abs(series.samples).max(1), 0.9, atol=1e-3)
    for seed, end in zip((1, 2), series.samples[[0, 2]], strict=True):
        alone = last(service.wave(Wave(stops=2, seed_from=seed, seed_to=5))).samples[0]
        np.testing.assert_allclose(end, alone, atol=1e-4)
    other = last(service.wave(Wave(digit=8, stops=3, seed_from=1, seed_to=2))).samples
    assert (np.abs(series.samples - other).max(1) > 0.1).all()


def test_both_make_the_same_digits_and_each_is_read_and_timed(service):
    found = last(service.both(Both(digit=3, seed=4, sounds=2, steps=12)))
    assert found.sounds.samples.shape == (4, LENGTH)
    np.testing.assert_allclose(
        found.sounds.samples[:2], last(service.wave(Wave(digit=3, stops=2, seed_from=4, seed_to=5))).samples, atol=1e-4
    )
    assert found.heard[2:] == (3, 3) and len(found.heard) == 4 and all(0.1 <= sure <= 1 for sure in found.sure)
    assert min(found.gan_milliseconds, found.diffusion_milliseconds) > 0
    value = last(service.service.stream("audiogan_both", Both(sounds=2, steps=FEW)))
    assert value["sounds_each"] == 2 and value["counts"] == [4] and len(value["notes"]) == 4
    assert 0 <= value["gan_right"] <= 2


def test_the_pad_has_ten_different_sounds(service):
    sounds = last(service.pad(Pad(steps=FEW)))
    assert sounds.heard.shape == (10, 10) and np.allclose(sounds.heard.sum(1), 1, atol=1e-4)
    told = find("audiogan_pad").page(Pad(), iter([Step(1, 1, sounds)]))
    assert [note.split(" · ")[0] for note in next(told).value["notes"]] == [str(k) for k in sounds.heard.argmax(1)]
    assert sounds.samples.shape == (10, LENGTH)
    assert len({samples.tobytes() for samples in sounds.samples}) == 10


def test_no_iteration_leaves_another_sound_of_the_same_picture(service):
    plain, rough = (last(service.draw(Draw(steps=FEW, rounds=rounds))) for rounds in (32, 0))
    np.testing.assert_array_equal(plain.now.pictures, rough.now.pictures)
    assert np.abs(plain.now.samples[-1] - rough.now.samples[-1]).max() > 0.05


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_plain_pytorch_and_the_schedulers_of_diffusers_make_the_same(service, sampler):
    made = last(service.beside(Beside(steps=FEW, sampler=sampler)))
    assert made.sounds.samples.shape == (2, LENGTH)
    assert 0 < made.maximum < 1e-3 and made.mean <= made.maximum
    assert min(made.our_milliseconds, made.their_milliseconds) > 0


@pytest.mark.parametrize("guidance", [0, 1, 5])
def test_they_agree_at_any_guidance(service, guidance):
    assert last(service.beside(Beside(digit=2, steps=FEW, guidance=guidance))).maximum < 1e-3


def test_what_is_judged_has_chances_and_a_neighbour(service):
    said = last(service.judge(Judge()))
    assert said.probabilities.sum() == pytest.approx(1, abs=1e-4) and said.probabilities.shape == (10,)
    digit, speaker, take = said.nearest.split("_")
    assert digit in "0123456789" and speaker.isalpha() and int(take) >= 5  # of the training takes
    assert said.distance > 0 and said.usual > 0 and not said.clipped
    assert np.isfinite(said.score) and said.scores[0] > said.scores[1]  # recordings score above what is made


def test_a_recording_is_judged_by_its_loudest_part_and_its_card_carries_that_part(service, tmp_path):
    made = last(service.draw(Draw(digit=3, steps=8))).now.samples[-1]
    quiet = np.zeros(3 * RATE, np.float32)
    long = np.concatenate([quiet, made * 0.3, quiet])
    short, whole = (last(service.judge(Judge(recording=url(samples)))) for samples in (made, long))
    assert (
        whole.seconds == pytest.approx(len(long) / RATE)
        and whole.probabilities.argmax() == short.probabilities.argmax()
    )
    np.testing.assert_allclose(whole.probabilities, short.probabilities, atol=0.05)
    raw = saved(service.service, "audiogan_judge", Judge(recording=url(long)), "wav")
    card = card_of(raw, tmp_path, "wav")
    again = last(service.judge(Judge(**card.values)))
    assert again.nearest == whole.nearest and again.seconds <= LENGTH / RATE
    assert len(sound_files.open_sound(raw)) == LENGTH


def test_a_recording_that_is_too_loud_is_told(service):
    made = last(service.draw(Draw(steps=FEW))).now.samples[-1]
    value = last(service.service.stream("audiogan_judge", Judge(recording=url((20 * made).clip(-1, 1)))))
    assert value["clipped"] and value["own"]


@pytest.mark.parametrize("text", ["no sound", url(np.zeros(0, np.float32)), url(np.zeros(RATE, np.float32))])
def test_a_bad_recording_is_one_sentence(service, text):
    with pytest.raises(BadFileError):
        last(service.judge(Judge(recording=text)))


@pytest.mark.parametrize(
    ("request_class", "values"),
    [
        (Draw, {"digit": 10}),
        (Draw, {"rounds": -1}),
        (Walk, {"stops": 1}),
        (Pad, {"steps": 0}),
    ],
)
def test_values_out_of_bounds_are_refused(request_class, values):
    with pytest.raises(BadRequestError):
        request_class(**values)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_gets_a_sheet_and_as_many_sounds_as_it_says(service, name):
    *_, value = (step.value for step in service.service.stream(f"audiogan_{name}", SMALL[name]) if step.value)
    count = value["counts"][0]
    sheet = Image.open(io.BytesIO(value["sheets"][0]))
    assert sheet.size == (64 * count, 64 * len(value["panes"])) and len(value["sounds"]) == len(value["panes"])
    for sound in value["sounds"]:
        assert len(sound_files.open_sound(sound)) == count * LENGTH
    rest = {key: part for key, part in value.items() if key not in ("sheets", "sounds", "maps")}
    assert json.loads(json.dumps(rest, allow_nan=False)) == json.loads(json.dumps(rest))


@pytest.mark.parametrize("kind", ["wav", "flac", "png", "json"])
@pytest.mark.parametrize("name", NAMES)
def test_a_saved_file_makes_the_same_again(service, name, kind, tmp_path):
    raw = saved(service.service, f"audiogan_{name}", SMALL[name], kind)
    card = card_of(raw, tmp_path, kind)
    assert card.use_case == f"audiogan_{name}" and type(SMALL[name])(**card.values) == SMALL[name]
    if kind in ("wav", "flac"):
        assert np.abs(sound_files.open_sound(raw)).max() > 0.1
