"""WaveGAN: sizes of both networks, phase shuffle, how the digit comes in, and a training that stops and goes on."""

from dataclasses import replace

import pytest
import torch

from aigc_demo.checkpoints import catalogue, files
from aigc_demo.checkpoints.store import Store
from aigc_demo.data.spoken import Recordings
from aigc_demo.evaluation import audiogan as evaluation
from aigc_demo.evaluation import measurement
from aigc_demo.models.gan import init_weights
from aigc_demo.models.wavegan import WaveConfig, WaveGAN, phase_shuffle
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.training import wavegan

TINY = WaveConfig.tiny()


def model(config=TINY):
    torch.manual_seed(0)
    made = WaveGAN(config)
    init_weights(made, torch.Generator().manual_seed(0))
    return made


@pytest.mark.parametrize("config", [TINY, WaveConfig()])
def test_sounds_have_the_length_of_the_data_and_scores_are_one_each(config):
    made, label = model(config), torch.tensor([0, 5, 9])
    x = made.generator(torch.randn(3, config.noise), label)
    assert x.shape == (3, config.length) and float(x.detach().abs().max()) <= 1
    assert made.critic(x, label).shape == (3,)


def test_every_layer_makes_the_sound_four_times_as_long():
    made, lengths = model(), []
    for layer in made.generator.layers:
        if isinstance(layer, torch.nn.ConvTranspose1d):
            layer.register_forward_hook(lambda module, inputs, output: lengths.append(output.shape[-1]))
    made.generator(torch.zeros(2, TINY.noise), torch.tensor([0, 1]))
    assert lengths == [16, 64, 256, 1024]


def test_the_digit_changes_the_sound_and_a_new_critic_has_no_opinion_about_it():
    made, z = model().eval(), torch.randn(1, TINY.noise)
    one, other = (made.generator(z, torch.tensor([digit])) for digit in (1, 2))
    assert (one - other).abs().max() > 1e-3
    torch.testing.assert_close(made.critic(one, torch.tensor([1])), made.critic(one, torch.tensor([2])))


def test_phase_shuffle_moves_and_mirrors_what_is_missing():
    x = torch.arange(8.0).view(1, 1, 8)
    torch.manual_seed(0)
    found = {tuple(phase_shuffle(x, 2).flatten().int().tolist()) for _ in range(60)}
    assert found == {
        (0, 1, 2, 3, 4, 5, 6, 7),
        (1, 0, 1, 2, 3, 4, 5, 6),
        (2, 1, 0, 1, 2, 3, 4, 5),
        (1, 2, 3, 4, 5, 6, 7, 6),
        (2, 3, 4, 5, 6, 7, 6, 5),
    }


def test_phase_is_shuffled_in_training_alone_and_can_be_left_out():
    x, label = torch.randn(2, TINY.length), torch.tensor([3, 4])

    def scores(made):
        return {round(float(made.critic(x, label).sum().detach()), 6) for _ in range(12)}

    assert len(scores(model())) > 1
    assert len(scores(model().eval())) == 1
    assert len(scores(model(replace(TINY, shuffle=0)))) == 1


def test_moves_that_are_given_take_the_place_of_drawn_ones_and_draw_nothing():
    x, label = torch.randn(2, TINY.length), torch.tensor([3, 4])
    learning, done = model(), model().eval()
    torch.manual_seed(3)
    drawn = [int(torch.randint(-TINY.shuffle, TINY.shuffle + 1, ())) for _ in range(3)]
    torch.manual_seed(3)
    torch.testing.assert_close(learning.critic(x, label), done.critic(x, label, drawn))
    state = torch.get_rng_state()
    torch.testing.assert_close(learning.critic(x, label, [0, 0, 0]), done.critic(x, label))
    assert torch.equal(state, torch.get_rng_state())
    (first, *_), (same, *_) = (list(done.critic.seen(x, [by, 0, 0])) for by in (0, 2))
    torch.testing.assert_close(first[..., :-2], same[..., 2:])


def test_a_critic_learns_to_tell_two_sounds_apart():
    made, label = model(), torch.zeros(8, dtype=torch.int64)
    tone = torch.sin(torch.arange(TINY.length) * 0.3).expand(8, -1)
    optimizer = torch.optim.Adam(made.critic.parameters(), 2e-3)
    for _ in range(60):
        loss = torch.nn.functional.softplus(
            made.critic(0.5 * torch.randn(8, TINY.length), label) - made.critic(tone, label)
        )
        loss.mean().backward()
        optimizer.step()
        optimizer.zero_grad()
    made.eval()
    assert (made.critic(tone, label) > made.critic(0.5 * torch.randn(8, TINY.length), label)).all()


def test_a_training_stops_goes_on_and_leaves_a_file_that_opens(tmp_path, monkeypatch):
    recordings = Recordings(torch.rand(12, TINY.length) * 2 - 1, torch.arange(12) % 10, ("",) * 12)
    monkeypatch.setattr(wavegan, "present", lambda data: tmp_path)
    monkeypatch.setattr(wavegan.spoken, "load", lambda folder, split: recordings)
    recipe = replace(wavegan.RECIPES["wavegan-fsdd"], model=TINY, steps=2, batch=4, measured=2)
    out, run = tmp_path / "w.safetensors", tmp_path / "run"
    for steps in (2, 9):
        metrics = wavegan.start(replace(recipe, steps=steps), out, run, float("inf"))
        assert {"generator", "critic", "real", "fake"} == set(metrics)
        assert all(torch.isfinite(torch.tensor(value)) for value in metrics.values())
        assert torch.load(run / "state.pt", weights_only=True)["step"] == steps
    again = files.read(out, WaveGAN, WaveConfig)
    assert again.config == TINY
    norm = again.generator.layers[0]
    assert float(norm.running_mean.abs().max()) > 0  # measured anew


def test_the_evaluation_hears_what_is_made_and_asks_the_critic(tmp_path, monkeypatch):
    monkeypatch.setattr(measurement, "present", lambda data: tmp_path)
    monkeypatch.setattr(evaluation, "SOUNDS", 40)
    task = measurement.Task(catalogue.checkpoint("wavegan-fsdd"), Store(device="cpu"))
    shipped, digits = task.store.load("wavegan-fsdd"), torch.arange(40) % 10
    with torch.inference_mode():
        own = shipped.generator(SeededNoise(range(40)).draw((shipped.config.noise,)), digits)
    train = Recordings(torch.randn(80, WaveConfig().length).clamp(-1, 1), torch.arange(80) % 10, ("",) * 80)
    test = Recordings(own, digits, ("",) * 40)
    monkeypatch.setattr(evaluation.spoken, "load", lambda folder, split: train if split == "train" else test)
    found = evaluation.measure_gan(shipped, task).metrics
    assert found["critic_of_test"] == found["critic_of_made"] and found["critic_prefers"] == 0  # they are the same
    assert found["critic_of_train"] != found["critic_of_made"]
    assert 0.2 < found["class_accuracy"] <= 1 and 1 <= found["inception_score"] <= 10
    assert found["frechet"] < found["frechet_floor"]  # noise is further from its sounds than they are
