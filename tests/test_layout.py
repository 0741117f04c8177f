"""Widening layers lie in memory column by column: same shape, same numbers, and what else is done with them works."""

import pytest
import torch
from torch import nn

from aigc_demo.checkpoints import files
from aigc_demo.checkpoints.layout import for_single_rows
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.models.int8 import Int8Linear, in_bytes


@pytest.fixture
def models():
    """A model, and the same laid out."""
    twins = [GPT(GPTConfig.tiny("gpt2")).eval() for _ in range(2)]
    for weight in twins[0].parameters():
        weight.data.normal_(std=0.3)
    twins[1].load_state_dict(twins[0].state_dict())
    return twins[0], for_single_rows(twins[1])


def test_only_layers_that_widen_are_laid_out_and_hold_the_same():
    wide, narrow = nn.Linear(3, 8), nn.Linear(8, 3)
    before = [layer.weight.detach().clone() for layer in (wide, narrow)]
    for_single_rows(nn.Sequential(wide, nn.ReLU(), narrow))
    assert wide.weight.stride() == (1, 8) and narrow.weight.stride() == (8, 1)
    assert all(torch.equal(layer.weight, old) for layer, old in zip((wide, narrow), before, strict=True))


def test_a_model_says_the_same_and_stays_tied(models):
    plain, quick = models
    tokens = torch.arange(9)[None] % 11
    torch.testing.assert_close(quick(tokens), plain(tokens), atol=1e-5, rtol=1e-5)
    assert quick.head.weight is quick.embed.weight


def test_it_can_be_saved_trained_and_made_of_bytes(models, tmp_path):
    _, quick = models
    files.save(quick, tmp_path / "quick.safetensors", torch.float32)
    again = files.read(tmp_path / "quick.safetensors", GPT, GPTConfig)
    assert all(torch.equal(a, b) for a, b in zip(again.parameters(), quick.parameters(), strict=True))
    tokens = torch.arange(9)[None] % 11
    small = in_bytes(quick)  # not the head, whose 11 numbers no block divides
    assert isinstance(small.blocks[0].mlp.down, Int8Linear) and isinstance(small.head, nn.Linear)
    assert (small(tokens) - quick(tokens)).norm() < 0.1 * quick(tokens).norm()
    quick(tokens).square().mean().backward()
    assert all(weight.grad is not None for weight in quick.parameters())
    with torch.no_grad():
        torch.optim.AdamW(quick.parameters(), 0.1).step()
    assert not torch.equal(again.head.weight, quick.head.weight)


def test_the_store_lays_out_what_writes(store):
    assert store.load("gpt-shakespeare").blocks[0].attention.qkv.weight.stride(0) == 1
    assert store.load("judge-digits") is not None
