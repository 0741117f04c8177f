"""Our GPT and transformers' language models are the same function of the same weights."""

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from aigc_demo.core.errors import UserError
from aigc_demo.models import gpt
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.pipelines.convert import from_library, to_library
from aigc_demo.pipelines.parity import compare

CONFIGS = {
    "gpt2 tiny": GPTConfig.tiny("gpt2"),
    "gpt2 with its own head": GPTConfig("gpt2", 50, 24, 32, 3, 2, 2, 70, tied=False, norm_eps=1e-6),
    "llama tiny": GPTConfig.tiny("llama"),
    "llama, grouped queries": GPTConfig("llama", 37, 40, 48, 3, 6, 2, 80, rope_base=100_000.0),
    "llama, one head of keys, its own head": GPTConfig("llama", 37, 40, 48, 2, 4, 1, 64, tied=False),
    "llama, characters": GPTConfig("llama", 3, 8, 16, 1, 2, 2, 24, characters="a\nß"),
}


def randomised(model):
    """Nothing zero, nothing one, so that every weight shows."""
    generator = torch.Generator().manual_seed(3)
    for tensor in model.parameters():
        tensor.data.copy_(torch.randn(tensor.shape, generator=generator) * 0.2 + (tensor.ndim == 1))
    return model.eval()


@pytest.fixture(params=CONFIGS.values(), ids=CONFIGS.keys())
def model(request):
    return randomised(GPT(request.param))


def tokens(config, batch=2):
    generator = torch.Generator().manual_seed(1)
    return torch.randint(config.vocabulary, (batch, config.context), generator=generator)


@torch.inference_mode()
def difference(ours, theirs):
    x = tokens(ours.config)
    return float((ours(x) - theirs(x).logits).abs().max())


def test_our_weights_give_the_library_the_same_logits(model):
    theirs = to_library(model)
    assert type(theirs).__name__ == {"gpt2": "GPT2LMHeadModel", "llama": "LlamaForCausalLM"}[model.config.form]
    assert difference(model, theirs) <= 1e-4
    assert (theirs.get_output_embeddings().weight is theirs.get_input_embeddings().weight) == model.config.tied


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("kind", ["gpt2", "llama", "llama grouped"])
def test_library_weights_give_us_the_same_logits(kind, tied):
    if kind == "gpt2":
        theirs = GPT2LMHeadModel(
            GPT2Config(vocab_size=40, n_positions=32, n_embd=24, n_layer=2, n_head=4, tie_word_embeddings=tied)
        )
    else:
        theirs = LlamaForCausalLM(
            LlamaConfig(
                vocab_size=40,
                max_position_embeddings=64,
                hidden_size=32,
                num_hidden_layers=2,
                num_attention_heads=4,
                num_key_value_heads=2 if "grouped" in kind else 4,
                intermediate_size=48,
                tie_word_embeddings=tied,
            )
        )
    assert difference(from_library(randomised(theirs)), theirs) <= 1e-4


def test_there_and_back_is_identical(model):
    theirs = to_library(model)
    back = from_library(theirs)
    again = to_library(back)
    assert back.config == model.config
    for one, other in ((model, back), (theirs, again)):
        assert all(torch.equal(tensor, other.state_dict()[name]) for name, tensor in one.state_dict().items())
    theirs.get_input_embeddings().weight.zero_()  # nobody shares memory
    assert model.embed.weight.any() and back.embed.weight.any()


def test_decoding_token_by_token_is_the_same_function_too(model):
    x = tokens(model.config, batch=1)
    with torch.inference_mode():
        state = model.state()
        found = torch.cat([model(x[:, :3], state), *(model(x[:, i : i + 1], state) for i in range(3, x.shape[1]))], 1)
        torch.testing.assert_close(found, to_library(model)(x).logits, rtol=0, atol=1e-4)


def test_layer_table_is_in_order_and_points_at_what_differs(model):
    theirs, x = to_library(model), tokens(model.config)
    table = compare(model, theirs, x)
    assert table.first is None
    assert [table.rows[0].ours, table.rows[-1].ours] == ["embed", "head"]
    assert {f"blocks.{i}" for i in range(model.config.n_layer)} <= {row.ours for row in table.rows}
    model.blocks[-1].mlp.down.weight.data[0] += 0.1
    table = compare(model, theirs, x)
    assert table.first is not None and table.rows[table.first].ours == f"blocks.{model.config.n_layer - 1}.mlp.down"


def test_forms_that_we_lack_are_refused_by_name():
    for kind, options in {
        "gpt2": {"activation_function": "relu", "add_cross_attention": True, "scale_attn_by_inverse_layer_idx": True},
        "llama": {"hidden_act": "gelu", "attention_bias": True, "mlp_bias": True, "head_dim": 7},
    }.items():
        for name, value in options.items():
            theirs = to_library(GPT(GPTConfig.tiny(kind)))
            setattr(theirs.config, name, value)
            with pytest.raises(UserError, match=f"{name} = {value}") as refusal:
                from_library(theirs)
            assert refusal.value.key == "library_form"
    stretched = to_library(GPT(GPTConfig.tiny("llama")))
    stretched.config.rope_parameters = {"rope_type": "linear", "factor": 2.0, "rope_theta": 10_000.0}
    with pytest.raises(UserError, match="rope_type = linear"):
        from_library(stretched)


def test_a_cache_grows_with_the_text_and_its_copy_goes_its_own_way(monkeypatch):
    monkeypatch.setattr(gpt, "ROOM", 4)
    model = randomised(GPT(CONFIGS["llama, grouped queries"]))
    x = tokens(model.config)
    with torch.inference_mode():
        state = model.state(2)
        assert state.pairs.shape[4] == 4
        found = [model(x[:, :5], state), *(model(x[:, i : i + 1], state) for i in range(5, 20))]
        twin = state.copy()
        found += [model(x[:, 20:30], state), *(model(x[:, i : i + 1], state) for i in range(30, 40))]
        torch.testing.assert_close(torch.cat(found, 1), model(x), rtol=0, atol=1e-4)
        assert (twin.length, state.length, state.pairs.shape[4]) == (20, 40, 40)
        torch.testing.assert_close(model(x[:, 20:30], twin), model(x)[:, 20:30], rtol=0, atol=1e-4)
        with pytest.raises(ValueError, match="do not fit"):
            model(x[:, :1], state)
