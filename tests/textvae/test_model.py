"""The text autoencoder: its codes, its word dropout, its likelihoods, how it writes, and how it is trained."""

import dataclasses
import math

import pytest
import torch

from aigc_demo.data import corpus, review_files, reviews
from aigc_demo.data.sentences import END, START, UNKNOWN, Words, join, split, vocabulary
from aigc_demo.evaluation import textvae as evaluation
from aigc_demo.models.textvae import TextVAE, TextVAEConfig, counted, hide, lengths, shifted, write
from aigc_demo.models.vae import Posterior
from aigc_demo.training.textvae import COMPARED, RECIPES, Recipe, batches, terms, weight
from aigc_demo.training.textvae import train as run_training

TINY = TextVAEConfig.tiny()
ROWS = torch.tensor([[3, 4, 5, 1, 1, 1], [6, 7, 8, 9, 10, 1]])


@pytest.fixture
def model():
    torch.manual_seed(0)
    return TextVAE(TINY).eval()


def noise(count=2, seed=0):
    return torch.randn(count, TINY.latent, generator=torch.Generator().manual_seed(seed))


def test_the_kl_is_zero_at_the_prior_and_nowhere_else():
    prior = Posterior(torch.zeros(1, 3), torch.zeros(1, 3))
    assert prior.kl().abs().max() == 0
    for mean, log_variance in ((1.0, 0.0), (0.0, -1.0), (0.0, 1.0)):
        assert Posterior(torch.full((1, 3), mean), torch.full((1, 3), log_variance)).kl().min() > 0.1


def test_the_gradient_reaches_mean_and_spread_through_the_draw(model):
    posterior, logits = model(ROWS, shifted(ROWS), noise())
    (-model.log_likelihood(ROWS, logits)).sum().backward()
    for layer in (model.mean, model.log_variance, model.reader):
        assert all(weight.grad.abs().max() > 0 for weight in layer.parameters())


def test_without_noise_the_draw_is_the_mean(model):
    posterior = model.encode(ROWS)
    assert torch.equal(posterior.sample(torch.zeros(2, TINY.latent)), posterior.mean)


def test_what_follows_the_end_changes_nothing(model):
    """A sentence alone has the code and the likelihood that it has among longer ones."""
    alone, among = ROWS[:1, :4], ROWS
    assert torch.allclose(model.encode(alone).mean[0], model.encode(among).mean[0], atol=1e-6)
    z = noise(2)
    costs = [model.log_likelihood(x, model.decode(z[: len(x)], shifted(x)))[0] for x in (alone, among)]
    assert torch.allclose(*costs, atol=1e-5)


def test_lengths_count_up_to_the_end():
    assert lengths(ROWS).tolist() == [4, 6]
    assert counted(torch.tensor([[3, UNKNOWN, 4, END, END]])).tolist() == [[1, 0, 1, 1, 0]]
    assert shifted(ROWS)[0].tolist() == [START, 3, 4, 5, 1, 1]


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_word_dropout_hides_the_share_that_it_says_and_never_the_start(share):
    before = shifted(torch.full((400, 50), 5))
    hidden = hide(before, torch.rand(before.shape, generator=torch.Generator().manual_seed(0)), share)
    found = (hidden[:, 1:] == UNKNOWN).float().mean()
    assert abs(float(found) - share) < 4 * math.sqrt(0.25 / hidden[:, 1:].numel()) + 1e-9
    assert (hidden[:, 0] == START).all()
    assert torch.equal(hidden[hidden != UNKNOWN], before[hidden != UNKNOWN])


def test_an_inputless_decoder_is_deaf_to_the_words_before_and_another_one_is_not(model):
    torch.manual_seed(0)
    deaf = TextVAE(dataclasses.replace(TINY, inputless=True)).eval()
    one, other = shifted(ROWS), shifted(ROWS.flip(0))
    assert torch.equal(deaf.decode(noise(), one), deaf.decode(noise(), other))
    assert not torch.allclose(model.decode(noise(), one), model.decode(noise(), other))


def test_no_word_sees_itself_or_what_follows(model):
    one, other = ROWS[1:].clone(), ROWS[1:].clone()
    other[0, 3] = 3
    first, second = (model.decode(noise(1), shifted(x)) for x in (one, other))
    assert torch.equal(first[:, :4], second[:, :4]) and not torch.equal(first[:, 4], second[:, 4])


def test_writing_greedily_takes_the_likeliest_word_each_time(model):
    tokens, chances = write(model, noise())
    assert tokens.shape == (2, TINY.longest + 1) and (tokens[:, -1] == END).all()
    logits = model.decode(noise(), shifted(tokens))
    logits[..., [START, UNKNOWN]] = -torch.inf
    places = counted(tokens)[:, :-1] > 0
    assert torch.equal(logits.argmax(2)[:, :-1][places], tokens[:, :-1][places])
    assert torch.allclose(logits.softmax(2).max(2).values[:, :-1][places], chances[:, :-1][places], atol=1e-6)


def test_writing_by_temperature_follows_the_softmax(model):
    """First words of one code, 4,000 times, against the chances that the model gives: chi-square."""
    z = noise(1).expand(4000, -1)
    tokens, _ = write(model, z, 1.0, torch.Generator().manual_seed(1))
    logits = model.decode(z[:1], torch.tensor([[START]]))[0, 0]
    logits[[START, UNKNOWN]] = -torch.inf
    expected = 4000 * logits.softmax(0)
    seen = torch.bincount(tokens[:, 0], minlength=len(expected)).float()
    assert seen[[START, UNKNOWN]].sum() == 0
    kept = expected > 0
    assert ((seen - expected)[kept].square() / expected[kept]).sum() < 30  # 8 degrees of freedom: beyond 99.9 %


def test_the_weighted_bound_is_tighter_than_the_elbo_and_a_language_model_has_none(model):
    many = torch.randn(300, 2, TINY.latent, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        weights = model.log_weights(ROWS, many)
        elbo = weights.mean(0)
        bound = weights.logsumexp(0) - math.log(300)
    assert (bound >= elbo).all()
    plain = TextVAE(dataclasses.replace(TINY, variational=False)).eval()
    posterior, logits = plain(ROWS, shifted(ROWS), noise())
    assert posterior is None and logits.shape == (2, 6, len(TINY.tokens))
    assert not hasattr(plain, "reader")


def test_the_loss_is_reconstruction_and_weighted_kl_with_free_bits(model):
    free = terms(model, ROWS, shifted(ROWS), noise(), 0.5, free=100.0)
    assert torch.isclose(free["loss"], free["reconstruction"] + 0.5 * 100 * TINY.latent)
    plain = terms(model, ROWS, shifted(ROWS), noise(), 0.5, free=0.0)
    assert torch.isclose(plain["loss"], plain["reconstruction"] + 0.5 * plain["kl"], atol=1e-4)


@pytest.mark.parametrize("kind", ["logistic", "linear", "none"])
def test_the_weight_of_the_kl_rises_to_its_end_and_stays(kind):
    recipe = Recipe(weight=0.8, annealing=kind, warm=0.5)
    along = [weight(recipe, step / 100) for step in range(101)]
    assert along == sorted(along) and along[50] == along[-1] == 0.8
    assert along[0] < 0.01 or kind == "none"
    assert kind == "none" or abs(along[25] - 0.4) < 1e-9


def test_batches_hold_every_sentence_once_and_are_no_wider_than_needed():
    rows = torch.stack([torch.tensor([3] * n + [1] * (8 - n)) for n in (2, 7) for _ in range(64)])
    source = batches(rows, 8, seed=0)
    seen = [next(source) for _ in range(16)]
    assert {x.shape[1] for x in seen} == {3, 8}
    assert sum((x.shape[1] == 3) * len(x) for x in seen) == 64


def test_one_batch_is_learned(tmp_path):
    recipe = Recipe(
        dataclasses.replace(TINY, writer=32, reader=32), steps=150, batch=2, learning_rate=2e-2, weight=0.05
    )
    metrics = run_training(recipe, ROWS, tmp_path / "m.safetensors", tmp_path / "run")
    assert metrics["reconstruction"] < 6  # a blind guess: 5.0 words of 2.2 nats


def test_the_compared_recipes_differ_in_what_is_compared_only():
    recipes = [RECIPES[f"textvae-verse-{name}"] for name in COMPARED]
    same = {
        dataclasses.replace(r, model=dataclasses.replace(r.model, variational=True, inputless=False)) for r in recipes
    }
    assert len(same) == 1 and same.pop().free == 0


def test_what_is_measured_of_a_sentence_is_what_the_model_says(model):
    metrics, dimensions = evaluation.evaluate(model, ROWS)
    assert len(dimensions) == TINY.latent
    assert math.isclose(
        metrics["negative_elbo_nats"], metrics["reconstruction_nats"] + metrics["kl_nats"], rel_tol=1e-5
    )
    assert math.isclose(metrics["nats_per_token"], metrics["negative_elbo_nats"] / 5, rel_tol=1e-5)
    assert metrics["nll_nats"] <= metrics["negative_elbo_nats"] + 0.1
    plain = TextVAE(dataclasses.replace(TINY, variational=False)).eval()
    assert set(evaluation.evaluate(plain, ROWS)[0]) == {"nll_nats", "nats_per_token"}


def test_words_and_characters_go_there_and_back():
    words = split("It's a Film — isn’t it?", "words")
    assert words == ["it's", "a", "film", "—", "isn't", "it", "?"]
    assert join(["it", ",", "too", "(", "ever", ")", "!"], "words") == "it, too (ever) !"
    assert split(" 明月\n松间照", "characters") == list("明月松间照")
    tokens = vocabulary([["a", "b", "a"], ["a", "c", "b"]], 2)
    assert tokens[3:] == ("a", "b")
    known = Words(tokens, "words")
    assert known.encode(["a", "c", "<start>"]) == [3, UNKNOWN, UNKNOWN]
    assert known.unknown(["a", "c", "c", "<end>"]) == ("c", "<end>")
    assert known.decode([3, 4, END, 3]) == "a b"


def test_a_review_is_cut_into_phrases_that_stand_alone():
    found = [" ".join(words) for words in reviews.pieces("A dull, overlong film. It is (mostly) good and")]
    assert "a dull , overlong film" in found and all(not piece.endswith(" and") for piece in found)
    assert all(reviews.LEAST <= len(piece.split()) <= reviews.MOST for piece in found)


def test_held_out_snippets_share_no_phrase_with_training(tmp_path):
    lines = [f"the film number {chr(97 + i % 26)} is good. it is a shared phrase." for i in range(60)]
    (tmp_path / "reviews.txt").write_text("\n".join(lines))
    train, test = (reviews.load(tmp_path, part) for part in ("train", "test"))
    assert train and not set(train) & set(test)


def test_rows_are_filled_with_ends_and_sparse_sentences_left_out():
    known = corpus.Corpus("x", "words", 4, 1, 1)
    words = Words(("<start>", "<end>", "<unknown>", "a", "b"), "words")
    found = corpus.rows([("a", "b"), ("a", "z"), ("z", "z"), ("a",) * 5], words, known)
    assert found.tolist() == [[3, 4, 1, 1, 1], [3, 2, 1, 1, 1]]


def test_the_snippets_are_taken_out_of_the_archive_in_the_archive(tmp_path):
    import io
    import tarfile

    def packed(name, raw):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            member = tarfile.TarInfo(name)
            member.size = len(raw)
            archive.addfile(member, io.BytesIO(raw))
        return buffer.getvalue()

    inner = packed(review_files.TABLE, b"1\t2.0\tLovely &amp; Amazing\n2\t-1\tdull\n")
    outer = packed(f"v-1/{review_files.ARCHIVE}", inner)
    with tarfile.open(fileobj=io.BytesIO(outer)) as archive:
        review_files.pack_reviews(archive, tmp_path)
    assert (tmp_path / "reviews.txt").read_text() == "Lovely & Amazing\ndull\n"
