"""The convolutional LSTM: on a frame of one position it is that of PyTorch, and it goes on from what it said."""

import pytest
import torch
from torch import nn

from aigc_demo.data import moving_digits, tracks
from aigc_demo.models.convlstm import Cell, ConvLSTM, ConvLSTMConfig, moved
from aigc_demo.training.convlstm import next_loss


@pytest.fixture
def model():
    torch.manual_seed(0)
    made = ConvLSTM(ConvLSTMConfig.tiny()).eval().requires_grad_(False)
    for weight in made.parameters():  # training begins with zeros that would hide what is wrong
        weight += 0.05 * torch.randn_like(weight)
    return made


def test_on_a_frame_of_one_position_a_cell_is_that_of_pytorch():
    torch.manual_seed(0)
    ours, theirs = Cell(5, 7, 1), nn.LSTMCell(5, 7)
    with torch.no_grad():
        theirs.weight_ih.copy_(ours.gates.weight[:, :5, 0, 0])
        theirs.weight_hh.copy_(ours.gates.weight[:, 5:, 0, 0])
        theirs.bias_ih.copy_(ours.gates.bias)
        theirs.bias_hh.zero_()
        memory, state = None, None
        for x in torch.randn(6, 3, 5):
            memory, state = ours(x[:, :, None, None], memory), theirs(x, state)
            for mine, other in zip(memory, state, strict=True):
                torch.testing.assert_close(mine[:, :, 0, 0], other)


def test_with_a_kernel_of_one_every_position_is_a_cell_of_its_own():
    torch.manual_seed(0)
    cell, frames = Cell(2, 3, 1), torch.randn(4, 1, 2, 5, 6)
    memory = alone = None
    for x in frames:
        memory, alone = cell(x, memory), cell(x[:, :, 2:3, 4:5], alone)
    torch.testing.assert_close(memory[0][:, :, 2:3, 4:5], alone[0])


def test_a_kernel_moves_each_frame_its_own_way():
    frames = torch.rand(2, 8, 8)
    kernels = torch.zeros(2, 5, 5)
    kernels[0, 2, 1] = kernels[1, 3, 2] = 1  # takes from the left, from below
    right, up = moved(frames, kernels.flatten(1))
    torch.testing.assert_close(right[:, 1:], frames[0, :, :-1])
    torch.testing.assert_close(up[:-1], frames[1, 1:])
    assert (right[:, 0] == 0).all() and (up[-1] == 0).all()


def test_behind_the_given_frames_it_reads_what_it_said(model):
    clips = torch.rand(2, 3, 24, 24) * 2 - 1
    said = model(clips, 4)
    assert said.shape == (2, 4, 24, 24) and said.min() >= -1 and said.max() <= 1
    longer = model(torch.cat([clips, said[:, :2]], 1), 2)
    torch.testing.assert_close(longer, said[:, 2:])
    assert not torch.allclose(model(clips.flip(1), 4), said, atol=1e-3), "the order of the frames matters"


def test_a_clip_does_not_hang_on_those_beside_it(model):
    clips = torch.rand(3, 2, 24, 24) * 2 - 1
    torch.testing.assert_close(model(clips, 2)[1:2], model(clips[1:2], 2))


def test_a_new_network_nearly_leaves_a_frame_where_it_is():
    torch.manual_seed(0)
    clip = moving_digits.fly(
        torch.full((1, 28, 28), 200, dtype=torch.uint8), torch.zeros(1, 2), torch.zeros(1, 2)
    ).frames
    said = ConvLSTM(ConvLSTMConfig())(clip[:, :2], 1)
    assert (said - clip[:, 2:3]).abs().mean() < 0.2


def test_the_loss_counts_frames_from_the_third_on(model):
    clips = torch.rand(2, 6, 24, 24) * 2 - 1
    other = clips.clone()
    other[:, -1] = -other[:, -1]  # the last frame is never read
    one, two = next_loss(model, clips, 3), next_loss(model, other, 3)
    assert float(one["loss"] - two["loss"]) == pytest.approx(float(one["last"] - two["last"]) / 4, rel=1e-3)


def test_bounces_are_counted_where_a_digit_turns_around():
    images = torch.zeros(2, 28, 28, dtype=torch.uint8)
    images[:, 5:17, 9:17] = 255  # 6 by 4 pixels
    start, velocity = torch.tensor([[0.5, 0.5], [0.0, 0.5]]), torch.tensor([[2.0, 0.0], [0.2, 0.0]])
    clips = moving_digits.fly(images, start, velocity)
    assert clips.bounced[0].nonzero().tolist() == [[5, 0], [14, 0]]  # 9 pixels of room below, then 18 up
    assert not clips.bounced[1].any()
    way = clips.tracks.clone()
    judged, obeyed = tracks.bounces(way, clips.tracks, clips.bounced)
    assert judged.nonzero().tolist() == obeyed.nonzero().tolist() == [[0, 5, 0]], "the last has too few frames behind"
    way[0, 5:] = way[0, 5]  # it sticks to the edge
    assert not tracks.bounces(way, clips.tracks, clips.bounced)[1].any()


def test_a_slow_bounce_is_not_judged():
    images = torch.full((1, 28, 28), 255, dtype=torch.uint8)
    clips = moving_digits.fly(images, torch.tensor([[0.95, 0.5]]), torch.tensor([[0.2, 0.0]]))
    assert clips.bounced.any()
    assert not tracks.bounces(clips.tracks, clips.tracks, clips.bounced)[0].any()
