"""Clips that are drawn by code fly as they should; what does not is found."""

import pytest
import torch

from aigc_demo.data import moving_digits, tracks
from aigc_demo.data.moving_digits import FASTEST, FRAMES, SIZE, SLOWEST


def squares(count, high=12, wide=8):
    """Digits that are full rectangles, off the middle."""
    images = torch.zeros(count, 28, 28, dtype=torch.uint8)
    images[:, 5 : 5 + high, 9 : 9 + wide] = 255
    return images


def test_a_flight_is_straight_and_turns_around_where_the_box_touches_the_edge():
    clips = moving_digits.fly(squares(1), torch.tensor([[0.0, 0.5]]), torch.tensor([[1.5, 0.0]]))
    row, column = clips.tracks[0].T
    room = SIZE - 6.0  # the box is 6 x 4 pixels
    way = torch.arange(FRAMES) * 1.5
    assert torch.allclose(row - 3, room - (way - room).abs())
    assert (column == column[0]).all() and row.max() == SIZE - 3
    assert clips.frames.shape == (1, FRAMES, SIZE, SIZE) and clips.frames.min() == -1 and clips.frames.max() == 1


def test_all_of_the_digit_is_in_every_frame_and_its_mass_moves_with_it():
    clips = moving_digits.draw(squares(40), torch.Generator().manual_seed(0))
    ink = (clips.frames + 1).sum((2, 3)) / 2
    assert torch.allclose(ink, torch.full_like(ink, 12 * 8 / 4), atol=0.01)
    assert torch.allclose(tracks.centres(clips.frames), clips.tracks, atol=0.05)
    speed = clips.tracks.diff(dim=1).norm(dim=2).median(1).values
    assert speed.min() >= SLOWEST - 0.5 and speed.max() <= FASTEST + 0.5
    assert speed.max() > 1.6 and len(clips.tracks[:, 0].unique(dim=0)) > 30


def test_two_digits_are_two_clips_in_one_and_the_first_stays_as_it_was():
    one, other = moving_digits.draw(squares(2), torch.Generator().manual_seed(3)).frames
    both = moving_digits.laid_over(torch.stack([one, other]))
    assert both.shape == one.shape and torch.equal(both, torch.maximum(one, other))
    assert (both > one).any() and (both > other).any()


def test_one_seed_is_one_flight():
    one, same, other = (moving_digits.draw(squares(2), torch.Generator().manual_seed(seed)) for seed in (3, 3, 4))
    assert torch.equal(one.frames, same.frames) and not torch.equal(one.frames, other.frames)


def test_a_true_flight_has_nothing_wrong_and_its_speed_is_found():
    clips = moving_digits.draw(squares(12), torch.Generator().manual_seed(1))
    found = tracks.flight(clips.frames)
    assert not found.wrong.any() and found.steady.all()
    assert (found.fitted - clips.tracks).norm(dim=2).max() < 1.0


def test_a_bounce_that_does_not_happen_is_wrong():
    velocity = torch.tensor([[1.8, 0.0]])
    clip = moving_digits.fly(squares(1), torch.tensor([[0.0, 0.5]]), velocity).frames
    clip[:, 11:] = clip[:, 10:11]  # it sticks to the edge instead of coming back
    found = tracks.flight(clip)
    assert found.wrong[0, -3:].any() and not found.wrong[0, :9].any()
    assert not tracks.flight(moving_digits.fly(squares(1), torch.tensor([[0.0, 0.5]]), velocity).frames).wrong.any()


def test_a_clip_that_stands_still_is_on_track_but_not_steady():
    still = moving_digits.fly(squares(1), torch.tensor([[0.4, 0.4]]), torch.zeros(1, 2)).frames
    found = tracks.flight(still)
    assert not found.wrong.any() and not found.steady.any()


@pytest.mark.parametrize("frame", [0, 15])
def test_a_frame_without_ink_is_wrong(frame):
    clips = moving_digits.draw(squares(1), torch.Generator().manual_seed(1)).frames
    clips[:, frame] = -1
    found = tracks.flight(clips)
    assert found.wrong[0, frame] and found.wrong.sum() == 1
    assert abs(float(found.track[0, frame, 0]) - SIZE / 2) < 1e-4


def test_what_the_judge_takes_has_the_digit_in_the_middle_at_the_size_of_mnist():
    clips = moving_digits.draw(squares(3), torch.Generator().manual_seed(2)).frames
    pictures = tracks.readable(clips.flatten(0, 1))
    assert pictures.shape == (3 * FRAMES, 1, 32, 32)
    middle = tracks.centres(pictures[:, 0])
    assert (middle - 16).abs().max() <= 1.0
    assert torch.allclose((pictures + 1).sum((1, 2, 3)) / 2, torch.tensor(96.0), atol=0.1)
