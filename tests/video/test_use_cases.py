"""Clips that are drawn and walked between by a tiny model; what is saved opens elsewhere."""

import io
import json
import runpy
from dataclasses import replace

import av
import numpy as np
import pytest
import torch
from api import data_url, encoded, stroke
from PIL import Image
from runs import Runs, card_of, last, saved
from tiny_video import Store

from aigc_demo.checkpoints import files
from aigc_demo.core.errors import BadRequestError
from aigc_demo.data import images, media
from aigc_demo.evaluation import video as evaluation
from aigc_demo.models.video import Video, VideoConfig
from aigc_demo.pipelines.plain_video import plain
from aigc_demo.sampling.clips import Begun, shifted_timesteps
from aigc_demo.services import first_results
from aigc_demo.services.service import Service
from aigc_demo.services.video.beside import layers
from aigc_demo.services.video.clips import film, numbers, page
from aigc_demo.services.video.requests import Beside, Draw, Forecast, Walk

FRAMES, SIZE = 16, 24


@pytest.fixture(scope="module")
def video():
    return Runs(Store(), "video")


def test_a_seed_gives_the_same_clip_and_a_moment_comes_per_step(video):
    first, again, other = (list(video.draw(Draw(steps=3, seed=seed))) for seed in (5, 5, 6))
    assert [step.done for step in first] == [0, 1, 2, 3] and first[-1].total == 3
    assert [step.value.level for step in first] == [999, 856, 599, -1]
    end = first[-1].value
    assert end.x.shape == (2, FRAMES, SIZE, SIZE) and np.array_equal(end.x, again[-1].value.x)
    assert not np.array_equal(end.x, other[-1].value.x)
    assert not any(step.value.motions for step in first[:-1]) and len(end.motions) == 2
    assert all(len(motion.track) == len(motion.wrong) == len(motion.read) == FRAMES for motion in end.motions)


def test_a_second_digit_leaves_the_first_as_it_was_and_flies_by_itself(video):
    alone = last(video.draw(Draw(5, -1, steps=2))).x
    with_zero, with_six = (last(video.draw(Draw(5, second, steps=2))).x for second in (0, 6))
    assert alone.shape == (1, FRAMES, SIZE, SIZE)
    for pair in (with_zero, with_six):
        assert np.allclose(pair[0], alone[0], atol=1e-4)
    assert not np.allclose(with_zero[1], with_six[1]) and not np.allclose(with_zero[1], alone[0])
    same = last(video.draw(Draw(5, 5, steps=2))).x
    assert not np.allclose(same[0], same[1]), "two of a digit come from two noises"


def test_the_page_gets_a_digit_in_red_and_one_in_green_and_programs_both_motions(video):
    moment = last(video.draw(Draw(steps=1)))
    values = [step.value for step in page(Draw(steps=1), iter(list(video.draw(Draw(steps=1)))))]
    assert values[-1]["digits"] == 2 and len(values[-1]["motions"][0]) == 2 and "motions" not in values[0]
    picture = np.asarray(Image.open(io.BytesIO(values[-1]["sheets"][-1])))
    assert picture.shape == (2 * SIZE, FRAMES * SIZE, 3) and not picture[..., 2].any()
    for digit in (0, 1):
        assert np.array_equal(picture[:SIZE, 3 * SIZE : 4 * SIZE, digit], images.to_bytes(moment.x[digit, 3]))
    found = numbers(Draw(steps=1), moment)
    assert [len(motion["track"]) for motion in found["motions"]] == [FRAMES, FRAMES]
    frames = film(Draw(steps=1), [moment]).frames
    assert np.asarray(frames[3]).max() == images.to_bytes(moment.x[:, 3]).max()


def test_the_digit_and_the_guidance_matter(video):
    clips = [
        last(video.draw(request)).x
        for request in (Draw(3, -1, steps=2), Draw(4, -1, steps=2), Draw(3, -1, steps=2, guidance=0))
    ]
    anything = last(video.draw(Draw(-1, -1, steps=2))).x
    assert not np.array_equal(clips[0], clips[1]) and not np.array_equal(clips[0], clips[2])
    assert np.allclose(anything, clips[2], atol=1e-5), "not told a digit is what no guidance shows"


def test_ends_of_a_walk_are_the_clips_of_their_seeds(video):
    steps = list(video.walk(Walk(digit=3, seed_from=1, seed_to=2, stops=3, steps=2)))
    assert steps[0].value is None and steps[-1].done == steps[-1].total
    made = steps[-1].value
    assert made.clips.shape == (3, FRAMES, SIZE, SIZE) and len(made.motions) == 3
    for stop, seed in ((0, 1), (2, 2)):
        alone = last(video.draw(Draw(3, -1, seed=seed, steps=2))).x[0]
        assert np.allclose(made.clips[stop], alone, atol=1e-4)


def test_what_stands_in_given_frames_does_not_hang_on_the_noise_there():
    model = Store().load("video-digits")
    torch.manual_seed(0)
    clip, x = torch.randn(2, 1, *model.config.shape)
    begun = Begun(model, clip, 2)
    noisy = x.clone()
    noisy[:, :8] += 1
    level, label = torch.tensor([700]), torch.tensor([3])
    assert torch.equal(begun(x, level, label), begun(noisy, level, label))
    assert torch.equal(begun.keep(x)[:, :8], clip[:, :8]) and torch.equal(begun.keep(x)[:, 8:], x[:, 8:])


@pytest.mark.parametrize(
    "values",
    [
        {"steps": 0},
        {"steps": 51},
        {"digit": 10},
        {"second": 10},
        {"second": "two"},
        {"seed": -1},
        {"guidance": float("nan")},
        {"seed": 1.5},
    ],
)
def test_values_out_of_bounds_are_refused(values):
    with pytest.raises(BadRequestError):
        Service(Store()).request("video_draw", values)


@pytest.mark.parametrize(
    "values",
    [{"given": 1}, {"given": 9}, {"ahead": 0}, {"ahead": 10_000}, {"speed": 3.5}, {"speed": float("inf")}]
    + [{"direction": -1}, {"sample": 200}, {"start_x": 1.5}, {"drawing": 7}],
)
def test_flights_out_of_bounds_are_refused(values):
    with pytest.raises(BadRequestError):
        Service(Store()).request("video_forecast", values)


def test_plain_convolutions_are_the_same_function(video):
    made = last(video.beside(Beside(steps=2)))
    assert made.maximum < 1e-4 and made.first is None and np.ptp(made.ours) > 0.5
    assert [name for name, *_ in made.layers] == ["down.0", "down.1", "middle.0", "up.1", "up.0", "conv_out"]
    model = Video(VideoConfig.tiny())
    other = plain(model)
    with torch.no_grad():
        other.down[0].time.weight[0, 0, 0] += 1
    assert not any(torch.equal(a, b) for a, b in [(plain(model).down[0].time.weight, other.down[0].time.weight)])


def test_layers_with_large_outputs_may_be_further_apart_and_a_mistake_is_found():
    model = Video(VideoConfig.tiny())
    other = plain(model)
    torch.manual_seed(0)
    inputs = torch.randn(1, *model.config.shape), torch.tensor([600]), torch.tensor([0])
    with torch.inference_mode():
        assert layers(model, other, *inputs)[1] is None
        other.middle[0].load_state_dict({k: v * 1.1 for k, v in other.middle[0].state_dict().items()})
        rows, first = layers(model, other, *inputs)
    assert rows[first][0] == "middle.0"
    value = first_results.load("video_beside")["value"]  # no mistake is made there, so no bar is red
    assert value["first"] is None and max(top for *_, top, _ in value["layers"]) > value["tolerance"]


def test_three_clips_begin_alike_and_the_given_frames_are_true(video):
    made = last(video.forecast(Forecast(given=3, ahead=5)))
    assert made.truth.shape == made.still.shape == made.said.shape == (8, SIZE, SIZE)
    for clip in (made.still, made.said):
        assert np.array_equal(clip[:3], made.truth[:3])
    assert (made.still[3:] == made.truth[2]).all() and not (made.said[3:] == made.still[3:]).any((1, 2)).all()
    assert len(made.errors) == len(made.errors_still) == 5 and not any(made.wrong[:3])
    assert made.errors_still[0] == pytest.approx(np.square((made.truth[3] - made.truth[2]) / 2).mean(), rel=1e-4)


def test_a_digit_flies_as_it_is_told(video):
    right, up, still = (
        last(video.forecast(Forecast(direction=direction, speed=speed))).way
        for direction, speed in ((0, 1.0), (90, 1.0), (0, 0.0))
    )
    assert right[3][1] - right[0][1] == pytest.approx(3, abs=0.6) and right[3][0] == pytest.approx(right[0][0], abs=0.3)
    assert up[3][0] - up[0][0] == pytest.approx(-3, abs=0.6) and up[3][1] == pytest.approx(up[0][1], abs=0.3)
    assert still[15] == still[0]
    corner = last(video.forecast(Forecast(speed=0, start_x=0, start_y=1))).truth[0]
    assert (corner[-1] > -1).any() and (corner[:, 0] > -1).any(), "it touches the lower left corner"


def test_bounces_of_the_true_flight_are_told(video):
    made = last(video.forecast(Forecast(direction=0, speed=2, start_x=1, given=2, ahead=14)))
    assert made.bounces and set(made.missed) <= set(made.bounces) and min(made.bounces) >= 2
    assert not last(video.forecast(Forecast(speed=0))).bounces


def test_a_drawing_flies_in_the_place_of_the_digit(video):
    drawn = last(video.forecast(Forecast(drawing=data_url(encoded(stroke())), speed=0)))
    digit = last(video.forecast(Forecast(speed=0)))
    assert not np.array_equal(drawn.truth, digit.truth)
    rows, columns = ((drawn.truth[0] > 0).any(axis) for axis in (1, 0))
    assert rows.sum() >= 9 > columns.sum(), "an upright bar"
    with pytest.raises(BadRequestError):
        last(video.forecast(Forecast(drawing=data_url(encoded(Image.new("L", (50, 50), 255))))))


REQUESTS = [Draw(steps=2), Walk(stops=2, steps=1), Forecast(), Beside(steps=1)]


@pytest.mark.parametrize("kind", ["gif", "mp4", "webm"])
@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: type(request).__name__)
def test_a_saved_film_opens_elsewhere_with_all_frames(request_, kind, tmp_path):
    name = f"video_{type(request_).__name__.lower()}"
    raw = saved(Service(Store()), name, request_, kind)
    if kind == "gif":
        picture = Image.open(io.BytesIO(raw))
        assert picture.n_frames >= 15 and picture.width >= 190
    else:
        with av.open(io.BytesIO(raw)) as container:
            frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
            assert len(frames) == FRAMES and container.duration > 1_000_000
        assert all(size % 2 == 0 for size in frames[0].shape)
    card = card_of(raw, tmp_path, kind)
    assert card.use_case == name
    assert all(card.values[field] == value for field, value in vars(request_).items())


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_small_pixels_are_not_blurred_in_a_film(kind):
    frame = np.zeros((24, 24), np.float32)
    frame[::2, ::2] = 1
    frames = [images.to_pil(np.roll(frame, i, 1) * 2 - 1, 10) for i in range(4)]
    with av.open(io.BytesIO(getattr(media, kind)(frames))) as container:
        found = [picture.to_ndarray(format="gray").astype(np.float32) for picture in container.decode(video=0)]
    for picture, was in zip(found, frames, strict=True):
        assert np.abs(picture - np.asarray(was, np.float32)).mean() < 8


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_odd_sizes_are_rounded_up(kind):
    with av.open(io.BytesIO(getattr(media, kind)([Image.new("L", (25, 27), 128)] * 3))) as container:
        sizes = {(frame.width, frame.height) for frame in container.decode(video=0)}
    assert sizes == {(26, 28)}


def test_a_still_has_every_frame(tmp_path):
    raw = saved(Service(Store()), "video_draw", Draw(steps=1), "png")
    assert Image.open(io.BytesIO(raw)).size == (4 * 25 * 4 - 4, 4 * 25 * 4 - 4)
    assert card_of(raw, tmp_path, "png").values["digit"] == 3
    assert json.loads(saved(Service(Store()), "video_draw", Draw(), "json"))["use_case"] == "video_draw"


FLIGHTS = [Forecast(), Forecast(140, "", 215, 2.0, 0.0, 1.0, 8, 3), Forecast(given=2, ahead=1, drawing="drawn")]


@pytest.mark.parametrize("request_", FLIGHTS)
def test_both_programs_continue_alike(request_, tmp_path, monkeypatch):
    if request_.drawing:
        request_ = replace(request_, drawing=data_url(encoded(stroke())))
    folder = tmp_path / "assets" / "checkpoints"
    store = Store()
    files.save(store.load("convlstm-digits"), folder / "convlstm-digits.safetensors", torch.float32)
    (tmp_path / "assets" / "examples").symlink_to(store.assets / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("aigc_demo.services.service.Store", lambda: store)
    ours, library = Service(store).python("video_forecast", request_)
    for side, source in (("ours", ours), ("library", library)):
        (tmp_path / f"{side}.py").write_text(source)
        runpy.run_path(f"{side}.py", run_name="__main__")
    one, other = (np.asarray(Image.open(tmp_path / f"{side}.png"), np.int16) for side in ("ours", "library"))
    assert one.shape == other.shape and np.ptp(one) > 50
    assert np.abs(one - other).max() <= 1


@pytest.mark.parametrize(
    "request_", [Draw(steps=3), Draw(-1, 8, seed=2**32 - 1, steps=7), Draw(2, -1, steps=1, guidance=0)]
)
def test_both_programs_draw_the_same(request_, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = Store()
    monkeypatch.setattr("aigc_demo.checkpoints.store.Store", lambda **options: store)
    monkeypatch.setattr("aigc_demo.services.service.Store", lambda: store)
    ours, library = Service(store).python("video_draw", request_)
    for side, source in (("ours", ours.replace('"gif"', '"png"')), ("library", library)):
        (tmp_path / f"{side}.py").write_text(source)
        runpy.run_path(f"{side}.py", run_name="__main__")
    one, other = (np.asarray(Image.open(tmp_path / f"{side}.png"), np.int16) for side in ("ours", "library"))
    assert one.shape == other.shape and np.ptp(one) > 50
    assert np.abs(one - other).max() <= 1


@pytest.mark.parametrize("steps", [1, 2, 10, 50])
def test_timesteps_go_down_from_the_noisiest_and_most_are_noisy(steps):
    found = shifted_timesteps(steps, 1000)
    assert len(found) == steps and found[0] == 999 and all(a > b for a, b in zip(found, found[1:], strict=False))
    assert found[-1] >= 0 and np.mean(found) >= 600
    assert shifted_timesteps(4, 1000, 1.0) == [999, 749, 499, 249]


def test_frames_that_would_go_on_straight_do_bounce():
    squares = torch.full((1, FRAMES, SIZE, SIZE), -1.0)
    for i in range(FRAMES):
        top = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 18, 16, 14, 12, 10, 8][i]
        squares[0, i, top : top + 6, 10:14] = 1
    ahead = evaluation.straight_on(squares, FRAMES)
    assert ahead.shape == (1, FRAMES - evaluation.GIVEN, 2)
    assert ahead[0, 0].tolist() == [11, 12] and ahead[0, 4].tolist() == [19, 12] and ahead[0, 5].tolist() == [21, 12]
    assert ahead[0, 6].tolist() == [19, 12]
