"""The language models themselves: what they can see, what a state remembers, and what a file keeps."""

import dataclasses

import pytest
import torch
from torch import nn
from torch.multiprocessing.reductions import StorageWeakRef

from aigc_demo.checkpoints import files
from aigc_demo.data import prosody
from aigc_demo.models.gpt import FORMS, GPT, GPTConfig
from aigc_demo.models.lstm import LSTM, LSTMConfig
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import Writer, chances, go_on, write
from aigc_demo.training.language import add_sounds, build

KINDS = [*((form, groups) for form in FORMS for groups in (4, 2, 1)), ("lstm", 0)]


@pytest.fixture(autouse=True)
def no_slopes():
    """A cache is for writing, not for learning."""
    with torch.no_grad():
        yield


def network(kind: str, groups: int = 4) -> GPT | LSTM:
    """A network whose weights are large enough that every token counts."""
    if kind == "lstm":
        model: GPT | LSTM = LSTM(LSTMConfig.tiny())
    else:
        model = GPT(dataclasses.replace(GPTConfig.tiny(kind), n_kv_head=groups))
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.copy_(0.4 * torch.randn(parameter.shape))
    return model.eval()


def tokens(batch: int = 2, length: int = 12) -> torch.Tensor:
    return torch.randint(11, (batch, length))


@pytest.mark.parametrize(("kind", "groups"), KINDS)
def test_no_position_sees_what_comes_after_it(kind, groups):
    model = network(kind, groups)
    found = {}
    model.embed.register_forward_hook(lambda _, __, out: found.setdefault("x", out.detach().requires_grad_(True)))
    with torch.enable_grad():
        logits = model(tokens(1))
        for place in (0, 5, 11):
            (slope,) = torch.autograd.grad(logits[0, place].sum(), found["x"], retain_graph=True)
            reach = slope[0].abs().sum(1)
            assert reach[place + 1 :].eq(0).all() and reach[: place + 1].gt(0).all()


@pytest.mark.parametrize(("kind", "groups"), KINDS)
@pytest.mark.parametrize("pieces", [[12], [1] * 12, [5, 1, 6], [11, 1], [3, 4, 5]], ids=str)
def test_with_a_state_the_answers_are_the_same(kind, groups, pieces):
    model, text = network(kind, groups), tokens()
    state, found = model.state(len(text)), []
    for piece in text.split(pieces, dim=1):
        found.append(model(piece, state))
    torch.testing.assert_close(torch.cat(found, dim=1), model(text), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("form", FORMS)
def test_a_network_is_gone_with_its_last_text(form):
    """Without Python's search for circles, which may be an hour away (core/garbage.py)."""
    model = network(form)
    list(write(model, tokens(1), Sampling(0), chances(0, 3)))
    kept = StorageWeakRef(model.embed.weight.untyped_storage())
    del model
    assert kept.expired()


@pytest.mark.parametrize(("kind", "groups"), KINDS)
def test_a_copied_state_goes_its_own_way(kind, groups):
    model, text = network(kind, groups), tokens()
    state = model.state(len(text))
    model(text[:, :6], state)
    twin = state.copy()
    model(tokens(length=3), state)  # somebody else goes on
    torch.testing.assert_close(model(text[:, 6:], twin), model(text)[:, 6:], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("form", FORMS)
def test_more_than_the_context_holds_is_refused(form):
    model = network(form)
    with pytest.raises(ValueError, match="17 tokens do not fit into a context of 16"):
        model(tokens(1, 17))
    state = model.state(1)
    model(tokens(1, 16), state)
    with pytest.raises(ValueError, match="17 tokens"):
        model(tokens(1, 1), state)


@pytest.mark.parametrize(("kind", "groups"), KINDS)
def test_a_text_goes_on_past_the_context(kind, groups):
    model = network(kind, groups)
    found = [pick.token for pick in write(model, tokens(2, 4), Sampling(), chances(3, 40, 2))]
    assert len(found) == 40 and all(token.shape == (2,) for token in found)


@pytest.mark.parametrize("form", FORMS)
def test_after_the_context_is_full_the_last_half_is_read_anew(form):
    model = network(form)
    writer = Writer(model, tokens(1, 16))
    writer.add(torch.tensor([3]))
    assert writer.held == 8 and writer.tokens.shape == (1, 17)
    torch.testing.assert_close(writer.logits, model(writer.tokens[:, -8:])[:, -1], atol=1e-5, rtol=1e-5)


def test_positions_matter_to_every_form():
    for form in FORMS:
        model = network(form)
        text = torch.tensor([[1, 2, 3, 4], [2, 1, 3, 4]])
        first, second = model(text)[:, -1]
        assert (first - second).abs().max() > 1e-3, form


@pytest.mark.parametrize("form", FORMS)
def test_attention_is_causal_and_sums_to_one(form):
    weights = network(form, 2).attention(tokens(2, 7))
    assert weights.shape == (2, 2, 4, 7, 7)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 2, 4, 7))
    assert weights.triu(1).eq(0).all()


def test_a_step_of_ours_is_that_of_torch():
    model, text = network("lstm"), tokens(1, 9)
    hidden, cell = model.remembered(text)
    _, (last_hidden, last_cell) = model.layers(model.embed(text))
    torch.testing.assert_close(hidden[-1], last_hidden[:, 0], atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(cell[-1], last_cell[:, 0], atol=1e-6, rtol=1e-5)
    assert isinstance(model.layers, nn.LSTM)


@pytest.mark.parametrize(("kind", "groups"), KINDS)
@pytest.mark.parametrize("dtype", [torch.float16, torch.int8])
def test_a_file_keeps_the_odds(tmp_path, kind, groups, dtype):
    model = network(kind, groups)
    files.save(model, tmp_path / "x.safetensors", dtype)
    again = files.read(tmp_path / "x.safetensors", type(model), type(model.config))
    assert again.config == model.config
    text = tokens()
    gap = (again(text).softmax(-1) - model(text).softmax(-1)).abs().mean()
    assert gap < (0.02 if dtype == torch.int8 else 0.002)
    assert again.head.weight is again.embed.weight  # written once, read into both places


def test_a_file_with_the_early_names_of_its_config_opens():
    early = {"form": "llama", "layers": 3, "heads": 8, "groups": 2, "width": 64}
    assert files.from_plain(GPTConfig, early) == GPTConfig("llama", n_layer=3, n_head=8, n_kv_head=2, width=64)


@pytest.mark.parametrize(("kind", "groups"), KINDS)
def test_a_byte_a_weight_is_not_far_off(tmp_path, kind, groups):
    model = network(kind, groups)
    files.save(model, tmp_path / "x.safetensors", torch.int8)
    again = files.read(tmp_path / "x.safetensors", type(model), type(model.config))
    for (name, before), after in zip(model.state_dict().items(), again.state_dict().values(), strict=True):
        if before.ndim > 1 and before.is_floating_point():
            rows = before.flatten(1).abs().amax(1)
            assert ((after - before).flatten(1).abs().amax(1) <= 0.6 * rows / 127 + 1e-6).all(), name


@pytest.mark.parametrize(("kind", "groups"), KINDS[:-1])
@pytest.mark.parametrize("batch", [1, 3])
def test_single_tokens_in_numpy_are_those_of_the_network(kind, groups, batch):
    model, text = network(kind, groups), tokens(batch, 16)
    for name, parameter in model.named_parameters():
        if parameter.ndim == 1:  # norms and biases count too
            parameter.copy_(torch.randn(parameter.shape) * 0.3 + ("norm" in name))
    cache = model.state(batch)
    found = [model(text[:, :5], cache)]
    found += [model(text[:, i : i + 1], cache) for i in range(5, 16)]
    assert cache.decoder is not None and cache.length == 16
    torch.testing.assert_close(torch.cat(found, 1), model(text), atol=2e-5, rtol=1e-4)


def test_single_tokens_see_weights_that_are_trained_on():
    model, text = network("llama"), tokens(1, 4)
    cache = model.state()
    model(text[:, :1], cache)
    before = cache.copy()
    one = model(text[:, 1:2], cache)
    model.norm.weight.mul_(2)
    torch.testing.assert_close(model(text[:, 1:2], before), 2 * one, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize(("kind", "groups"), KINDS)
def test_the_last_token_alone_has_the_same_odds(kind, groups):
    model, text = network(kind, groups), tokens()
    last = model(text, model.state(2), last=True)
    assert last.shape[1] == 1
    torch.testing.assert_close(last, model(text)[:, -1:], atol=1e-6, rtol=1e-5)


def test_a_prompt_goes_through_the_model_once():
    model, text = network("llama"), tokens(1, 9)
    seen = []
    model.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].shape[1]))
    writer = Writer(model, text, every=True)
    for _ in go_on(writer, Sampling(), chances(0, 3)):
        pass
    assert seen == [9, 1, 1] and writer.read.shape == (1, 9, 11)
    torch.testing.assert_close(writer.read, model(text), atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("config", [GPTConfig.tiny("gpt2"), LSTMConfig.tiny()], ids=["gpt", "lstm"])
def test_characters_that_rhyme_begin_alike_in_a_model_of_poems(config):
    rhymes = {"天": frozenset({0}), "年": frozenset({0}), "风": frozenset({1}), "山": frozenset({0, 1})}
    table = prosody.Prosody(dict.fromkeys("天年风山", prosody.LEVEL), rhymes, {})
    characters = "，天年风山x"
    model = build(dataclasses.replace(config, characters=characters, vocabulary=len(characters)))
    before = model.embed.weight.detach().clone()
    add_sounds(model, table)
    added = dict(zip(characters, model.embed.weight.detach() - before, strict=True))
    assert torch.equal(model.head.weight, model.embed.weight)
    torch.testing.assert_close(added["天"], added["年"])
    torch.testing.assert_close(added["，"], added["x"])  # neither rhymes, and their tones are unknown
    assert not torch.allclose(added["天"], added["风"]) and not torch.allclose(added["天"], added["x"])
    closeness = [torch.cosine_similarity(added["山"], added[one], dim=0).item() for one in "天风"]
    assert all(0 < one < 0.999 for one in closeness), closeness
