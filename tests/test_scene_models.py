"""CLIP, the VQ autoencoder, text-to-image diffusion and DALL-E: shapes, what each part does, small trainings."""

import random

import pytest
import tiny_scenes
import torch
import torch.nn.functional as F

from aigc_demo.data import scene_tokens, scenes
from aigc_demo.data.captions import caption
from aigc_demo.evaluation import clip as clip_evaluation
from aigc_demo.evaluation import dalle as dalle_evaluation
from aigc_demo.evaluation import scene_models, text2image
from aigc_demo.models.clip import CLIP, CLIPConfig
from aigc_demo.models.dalle import DALLE, DALLEConfig
from aigc_demo.models.detector import Detector, DetectorConfig
from aigc_demo.models.kl import KLAutoencoder, KLConfig
from aigc_demo.models.text2image import Text2Image, Text2ImageConfig
from aigc_demo.models.vqvae import VQVAE, VQConfig
from aigc_demo.sampling.guidance import TextDenoiser
from aigc_demo.sampling.samplers import sample
from aigc_demo.sampling.schedules import alpha_bar
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.training import clip as clip_training
from aigc_demo.training import dalle as dalle_training
from aigc_demo.training import text2image as flow_training
from aigc_demo.training.replicas import Replicas


def tokens(*texts):
    """Tokens of these texts."""
    return scene_tokens.encode(texts)


@pytest.fixture
def clip():
    return CLIP(CLIPConfig.tiny()).eval()


@pytest.fixture
def dalle():
    return DALLE(DALLEConfig.tiny()).eval()


@pytest.fixture
def drawn(tmp_path):
    """Eight pictures of the discs, and captions."""
    chance, renderer = random.Random(1), tiny_scenes.renderer(tmp_path)
    chosen = [scenes.draw_scene(chance) for _ in range(8)]
    pictures = scenes.to_float(renderer.batch([scenes.draw_picture(scene, chance) for scene in chosen]))
    return pictures, [caption(scene, chance)[0] for scene in chosen]


def test_clip_gives_unit_vectors_and_a_similarity_for_every_pair(clip, drawn):
    x, texts = drawn
    text, picture = clip.encode_text(tokens(*texts)), clip.encode_picture(x)
    assert text.shape == picture.shape == (8, 8)
    torch.testing.assert_close(text.norm(dim=1), torch.ones(8))
    torch.testing.assert_close(clip(tokens(*texts), x), clip.log_scale.exp() * text @ picture.T)
    clip.log_scale.data.fill_(50.0)
    assert clip(tokens(*texts), x).abs().max() <= 100.001


def test_a_text_is_read_up_to_its_end_token_and_not_further(clip):
    row = tokens("two apples")
    other = row.clone()
    other[:, 6:] = 99
    torch.testing.assert_close(clip.encode_text(row), clip.encode_text(other))
    other[:, 2] = 99
    assert not torch.allclose(clip.encode_text(row), clip.encode_text(other))


def test_clip_learns_which_picture_a_caption_belongs_to(drawn):
    x, texts = drawn
    model = CLIP(CLIPConfig.tiny())
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(30):
        loss = clip_training.contrastive_loss(model(tokens(*texts), x), torch.zeros(8, 8, dtype=torch.bool))["loss"]
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]


def test_a_caption_that_is_true_of_another_picture_is_left_out_of_the_loss():
    shown = [scenes.Scene(("dog",), colour, place="left") for colour in ("blue", "pink")]
    claims = [scenes.Scene(("dog",)), shown[1]]
    excluded = clip_training.also_true(claims, shown)
    assert excluded.tolist() == [[False, True], [False, False]]
    sure = clip_training.contrastive_loss(torch.tensor([[0.0, 90.0], [-9.0, 9.0]]), excluded)
    assert sure["loss"] < 0.1 and sure["right"] == 1


def test_batches_of_clip_are_hard_to_tell_apart():
    recipe = clip_training.Recipe(batch=12, group=3)
    chosen = clip_training.draw_batch(recipe, random.Random(0))
    assert len(chosen) == 12
    for first in range(0, 12, 3):
        assert len({(frozenset(scene.objects), scene.background) for scene in chosen[first : first + 3]}) == 1


def test_retrieval_counts_the_pictures_before_the_right_one():
    similarity = torch.tensor([[3.0, 1.0, 2.0], [5.0, 4.0, 6.0], [0.0, 0.0, 1.0]])
    assert clip_evaluation.ranks(similarity).tolist() == [0, 2, 0]


def test_clip_is_measured_in_both_languages(clip, tmp_path):
    metrics, count = clip_evaluation.evaluate(clip, tiny_scenes.renderer(tmp_path), 20)
    assert count == 20 and set(metrics) == {f"retrieval_at_{n}_{lang}" for n in (1, 5) for lang in ("en", "zh")}
    assert all(0 <= value <= 1 for value in metrics.values())


def test_text_reaches_every_position_and_attention_to_words_sums_to_one():
    model = Text2Image(Text2ImageConfig.tiny()).eval()
    for part in model.unet.transformers():
        torch.nn.init.normal_(part.leave.weight)
    torch.nn.init.normal_(model.unet.conv_out.weight)
    x, level, seen = torch.randn(2, 4, 8, 8), torch.tensor([10, 900]), []
    one, other = (model.encode(tokens(text, text)) for text in ("two apples", "a dog"))
    first = model(x, level, one, seen)
    assert first.shape == x.shape
    assert ((first - model(x, level, other)).abs().sum(1) > 0).all()
    assert len(seen) == 4 and seen[0].shape == (2, 4, 4, scene_tokens.CONTEXT)
    for weights in seen:
        torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:-1]))
    torch.testing.assert_close(model(x, level, one), first)


def test_the_sentence_is_read_once_in_a_run():
    model, read = Text2Image(Text2ImageConfig.tiny()).eval(), []
    for weight in model.unet.parameters():
        torch.nn.init.normal_(weight, std=0.1)
    for part in model.unet.transformers():
        part.key_value.register_forward_hook(lambda *_: read.append(1))
    prompt, away = (model.encode(tokens(text)) for text in ("two apples", ""))
    x, levels, schedule = torch.randn(1, 4, 8, 8), [999, 499, 249], alpha_bar("flow")
    with torch.inference_mode():
        denoise = TextDenoiser(model.step, model.words(prompt), model.words(away), 3.0)
        *_, once = sample(denoise, x, levels, schedule, "euler")
        assert len(read) == 2 * len(model.unet.transformers()) == 8
        *_, every = sample(TextDenoiser(model, prompt, away, 3.0), x, levels, schedule, "euler")
    assert len(read) == 8 + 3 * 4 and torch.equal(once.x, every.x)


def test_a_level_is_a_flow_time():
    model = Text2Image(Text2ImageConfig.tiny()).eval()
    torch.nn.init.normal_(model.unet.conv_out.weight)
    x, states = torch.randn(1, 4, 8, 8), model.encode(tokens("a dog"))
    torch.testing.assert_close(model(x, torch.tensor([249]), states), model.unet(x, torch.tensor([250.0]), states))


def test_the_loss_is_the_error_of_the_velocity():
    class Exact(torch.nn.Module):
        def encode(self, text):
            return text

        def unet(self, x, time, states):
            s = (time / 1000)[:, None, None, None]
            return (x - x0) / s  # eps - x0, out of (1 - s) x0 + s eps

    x0, eps = torch.randn(3, 4, 8, 8), torch.randn(3, 4, 8, 8)
    s = torch.tensor([0.2, 0.5, 0.9])
    assert flow_training.flow_loss(Exact(), x0, eps, s, tokens("", "", ""))["loss"] < 1e-8
    times = flow_training.draw_times(4000, torch.Generator().manual_seed(0))
    assert times.min() >= 0 and times.max() <= 1 and 0.57 < times.mean() < 0.62


@pytest.mark.parametrize("guidance", [0.0, 1.0, 3.0])
def test_guidance_moves_away_from_the_other_prompt(guidance):
    def network(x, level, states):
        return states.mean((1, 2)).view(-1, 1, 1, 1).expand_as(x)

    prompt, away = torch.full((2, 3, 4), 5.0), torch.full((2, 3, 4), 2.0)
    x = torch.zeros(2, 4, 2, 2)
    found = TextDenoiser(network, prompt, away, guidance)(x, 999, 0.0)
    torch.testing.assert_close(found.eps - found.x0, torch.full_like(x, 2.0 + guidance * 3.0))


def test_a_batch_in_two_parts_has_the_gradient_of_the_whole():
    torch.manual_seed(0)
    model, x, wanted = torch.nn.Linear(3, 2), torch.randn(8, 3), torch.randn(8, 2)
    F.mse_loss(model(x), wanted).backward()
    expected = model.weight.grad.clone()
    model.zero_grad()
    replicas = Replicas(model, 2)
    pieces = list(zip(x.chunk(2), wanted.chunk(2), strict=True))
    for _ in range(2):  # the second time, gradients of the copies are gone
        model.zero_grad()
        terms = replicas.backward(lambda network, i: {"loss": F.mse_loss(network(pieces[i][0]), pieces[i][1])})
    torch.testing.assert_close(model.weight.grad, expected)
    assert terms["loss"] == pytest.approx(F.mse_loss(model(x), wanted).item())


def test_dalle_writes_nothing_but_picture_tokens_and_describes_with_nothing_but_words(dalle):
    text = scene_tokens.encode(["two apples", "狗"], dalle.config.text_length)
    read = dalle.to_draw(text)
    assert read.shape == (2, dalle.config.text_length + 1) and (read[:, -1] == dalle.config.image).all()
    logits = dalle.drawing()(read)[:, -1]
    assert logits.isfinite().sum(1).tolist() == [16, 16] and logits[:, 512:528].isfinite().all()
    shown = dalle.to_describe(torch.zeros(1, 64, dtype=torch.long), torch.tensor([dalle.config.language("zh")]))
    logits = dalle.describing()(shown)[:, -1]
    assert logits[:, :512].isfinite().all() and not logits[:, 512:].isfinite().any()


def test_losses_are_those_of_the_tokens_that_follow(dalle):
    text, picture = scene_tokens.encode(["two apples"], 24), torch.randint(16, (1, 64))
    logits = dalle(dalle.to_draw(text, picture))
    wanted = F.cross_entropy(dalle.picture_logits(logits[0, 24:-1]), picture[0])
    torch.testing.assert_close(dalle_training.drawing_loss(dalle, text, picture), wanted)
    language = torch.tensor([dalle.config.language("en")])
    end = int((text[0] != scene_tokens.PAD).sum())
    logits = dalle.text_logits(dalle(dalle.to_describe(picture, language, text[:, 1:end])))
    wanted = F.cross_entropy(logits[0, 65:-1], text[0, 1:end])
    torch.testing.assert_close(dalle_training.describing_loss(dalle, picture, language, text), wanted)


def test_dalle_draws_by_the_seed_and_greedily_without_chance(dalle):
    said = ["two apples", "狗", "a cat"]
    first = dalle_evaluation.draw_tokens(dalle, said, Sampling(), seed=1)
    assert first.shape == (3, 8, 8) and first.min() >= 0 and first.max() < 16
    assert torch.equal(first, dalle_evaluation.draw_tokens(dalle, said, Sampling(), seed=1))
    assert not torch.equal(first, dalle_evaluation.draw_tokens(dalle, said, Sampling(), seed=2))
    greedy = [dalle_evaluation.draw_tokens(dalle, said, Sampling(temperature=0.0), seed) for seed in (1, 2)]
    assert torch.equal(*greedy)


def test_a_description_is_text_in_the_known_words(dalle):
    said = dalle_evaluation.describe(dalle, torch.zeros(2, 8, 8, dtype=torch.long), ["en", "zh"], Sampling())
    assert len(said) == 2 and all(isinstance(text, str) and "[" not in text for text in said)


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        (scenes.Scene(("dog",), "blue", 1, "left"), True),
        (scenes.Scene(("dog",), "blue", 1), False),
        (scenes.Scene(("dog",), "", 1, "left"), False),
        (scenes.Scene(("dog",), "pink", 1, "left"), False),
        (None, False),
    ],
)
def test_a_description_is_complete_when_it_says_all_and_nothing_wrong(said, whole):
    assert dalle_evaluation.complete(said, scenes.Scene(("dog",), "blue", place="left")) == whole


def test_models_of_scenes_are_measured_end_to_end(clip, dalle, tmp_path):
    detector, renderer = Detector(DetectorConfig.tiny()).eval(), tiny_scenes.renderer(tmp_path)
    vq = VQVAE(VQConfig(latent=4, widths=(8, 8, 8, 8), groups=4, entries=16)).eval()
    kl = KLAutoencoder(KLConfig(widths=(8, 8, 8, 8), groups=4)).eval()
    model = Text2Image(Text2ImageConfig.tiny()).eval()
    metrics, count = text2image.evaluate(model, kl, detector, 3)
    assert count == 6 and {"all_right", "all_right_heldout", "all_right_4steps", "all_right_unguided"} < set(metrics)
    metrics, count = dalle_evaluation.evaluate(dalle, vq, clip, detector, 2)
    assert count == 4 and {"all_right", "all_right_best4", "all_right_best16_heldout"} < set(metrics)
    metrics, _ = dalle_evaluation.evaluate(dalle, vq, None, detector, 2)
    assert "all_right" in metrics and "all_right_best4" not in metrics
    assert set(dalle_evaluation.describing(dalle, vq, renderer, 4)) > {"described_object", "described_all"}
    assert "codebook_used" in scene_models.rebuilding(vq, detector, renderer, 6)
    assert scene_models.rebuilding(kl, detector, renderer, 6)["kl_nats"] > 0


def test_copies_of_training_pictures_are_near_them(tmp_path, monkeypatch):
    renderer, every = tiny_scenes.renderer(tmp_path), scenes.pictures
    monkeypatch.setattr(scenes, "pictures", lambda split: every(split)[:120])
    copies = scenes.to_float(renderer.batch(scenes.pictures("train")[:5]))
    found = text2image.copying(lambda texts: copies[: len(texts)], renderer, count=5, part=50)
    assert found["nearest_train"] < 1 < found["nearest_train_of_test"]
