"""Language models in ONNX Runtime: a text is the same, or about the same where weights have a byte each."""

import threading

import numpy as np
import pytest
import torch
from engines import ended, stirred

from aigc_demo.checkpoints.store import Store
from aigc_demo.models import int8
from aigc_demo.models.gpt import FORMS, GPT, GPTConfig
from aigc_demo.pipelines import engine, gpt_onnx
from aigc_demo.pipelines.engine import Engines
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import chances, write
from aigc_demo.services import engines
from aigc_demo.services.dalle import draw as dalle_draw
from aigc_demo.services.dalle.requests import Draw
from aigc_demo.services.gpt import poem as gpt_poem
from aigc_demo.services.gpt import write as gpt_write
from aigc_demo.services.gpt.requests import Poem, Write
from aigc_demo.services.music import composing
from aigc_demo.services.music.requests import Write as WriteMusic
from aigc_demo.services.service import Service


@pytest.mark.parametrize("form", FORMS)
@torch.inference_mode()
def test_a_text_may_change_its_engine_at_any_token(onnx_runtime, tmp_path, form):
    config = GPTConfig(form, vocabulary=11, context=40, width=64, n_layer=2, n_head=4, n_kv_head=2, hidden=24)
    model, engines = stirred(GPT(config)), Engines(tmp_path)
    quick = engines.prepare_writer(model).session
    tokens = torch.randint(11, (1, 30), generator=torch.Generator().manual_seed(1))
    ours, theirs = model.state(), quick.state()
    model(tokens[:, :9], ours), quick(tokens[:, :9], theirs)
    for place in range(9, 20):
        token = tokens[:, place : place + 1]
        wanted = model(token, ours)
        torch.testing.assert_close((model if place % 3 == 0 else quick)(token, theirs), wanted, atol=1e-5, rtol=0)
    other = [theirs.copy(), ours]  # two texts share their products, each in its own row of one memory
    torch.testing.assert_close(*quick.side_by_side([tokens[:, 20:21]] * 2, other).split(1), atol=1e-5, rtol=0)
    token = tokens[:, 21:22]
    torch.testing.assert_close(quick.side_by_side([token], other[:1]), model(token, ours)[:, -1], atol=1e-5, rtol=0)
    written = [list(write(way, tokens[:, :5], Sampling(0), chances(0, 60))) for way in (model, quick)]
    assert [int(pick.token) for pick in written[0]] == [int(pick.token) for pick in written[1]]
    assert gpt_onnx.is_fit(model) and not gpt_onnx.is_fit(GPT(GPTConfig.tiny(form)))  # its heads are too narrow
    (file,) = tmp_path.iterdir()
    file.write_bytes(b"broken")
    assert Engines(tmp_path).prepare_writer(model).session and len(list(tmp_path.iterdir())) == 1


def in_bytes(hidden=96):
    """A language model with a byte per weight, whose head has one too."""
    if not int8.is_here():
        pytest.skip("this machine's torch has no way to a byte per weight")
    config = GPTConfig(vocabulary=16, context=40, width=64, n_layer=2, n_head=4, n_kv_head=2, hidden=hidden)
    return int8.in_bytes(stirred(GPT(config))).eval()


@torch.inference_mode()
def test_bytes_write_in_onnx_runtime_about_as_in_pytorch(onnx_runtime, tmp_path):
    model, engines = in_bytes(), Engines(tmp_path)
    quick = engines.other_writer(model)
    onnx = pytest.importorskip("onnx")
    tokens = torch.randint(16, (1, 30), generator=torch.Generator().manual_seed(1))
    ours, theirs = (gpt_onnx.by_token(way, tokens).log_softmax(-1) for way in (model, quick))
    apart = (ours.exp() * (ours - theirs)).sum(-1)
    assert 0 < apart.max() < 0.01  # rounded in other blocks, so never the same
    kinds = [node.op_type for node in onnx.load(next(tmp_path.iterdir())).graph.node]
    assert kinds.count("MatMulNBits") == 2 * 5 + 1 and "MatMul" not in kinds
    ours, theirs = model.state(), quick.state()
    assert torch.equal(model(tokens[:, :9], ours, True), quick(tokens[:, :9], theirs, True))  # a prompt: as ever


def test_an_engine_that_rounds_too_far_is_not_taken(onnx_runtime, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "NATS", 0.0)
    assert Engines(tmp_path).other_writer(in_bytes()) is None
    assert not gpt_onnx.is_fit(in_bytes(hidden=104))  # no whole blocks


@pytest.mark.parametrize(("bits", "width"), [(8, 32), (4, 16)])
def test_blocks_stand_for_the_weights_within_half_a_step(bits, width):
    weight = torch.randn(6, 96, generator=torch.Generator().manual_seed(2))
    numbers, scale, zero = gpt_onnx.blocks_of(weight, bits)
    assert numbers.shape == (6, 3, width) and scale.shape == (18,)
    if bits == 4:
        halves = zero.view(6, 2)
        zero = torch.stack([halves & 15, halves >> 4], 2).view(6, 4)[:, :3].flatten()
        numbers = torch.stack([numbers & 15, numbers >> 4], 3).flatten(2)
    back = (numbers.float() - zero.float().view(6, 3, 1)) * scale.view(6, 3, 1)
    steps = scale.view(6, 3, 1).expand(6, 3, 32).reshape(6, 96)
    assert ((back.view(6, 96) - weight).abs() <= steps * 1.001).all()
    assert (back.view(6, 96) - weight).abs().mean() < 0.3 * steps.mean()


def test_bytes_as_numbers_are_what_the_product_uses():
    weight = torch.randn(32, 64, generator=torch.Generator().manual_seed(3))  # a narrowing layer keeps columns exact
    layer = int8.Int8Linear(int8.pack(weight), 64)
    assert (layer.dense() - weight).abs().max() < 0.02
    x = torch.randn(3, 64)
    torch.testing.assert_close(layer(x), x @ layer.dense().T, atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    ("module", "asked", "made", "odds"),
    [
        (gpt_write, Write(length=40), lambda text: text.text, lambda text: [token.p for token in text.tokens]),
        (
            gpt_poem,
            Poem(),
            lambda poem: [sign.text for line in poem.lines for sign in line],
            lambda poem: [sign.p for line in poem.lines for sign in line],
        ),
        (
            composing,
            WriteMusic(bars=2),
            lambda piece: [place.token for place in piece.places],
            lambda piece: [place.p for place in piece.places],
        ),
        (
            dalle_draw,
            Draw(),
            lambda drawn: [cell.token for cell in drawn.cells],
            lambda drawn: [cell.p for cell in drawn.cells],
        ),
    ],
    ids=["gpt_write", "gpt_poem", "music_write", "dalle_draw"],
)
def test_what_is_written_in_onnx_runtime_is_what_pytorch_writes(
    onnx_runtime, tmp_path, monkeypatch, request, module, asked, made, odds
):
    service, name = Service(Store(device="cpu")), request.node.callspec.id
    monkeypatch.setattr(engines, "ENGINES", Engines(tmp_path))
    monkeypatch.setattr(module, "ENGINES", engines.ENGINES)
    written = threading.Event()

    def seconds(way, _):
        assert written.wait(60)
        return 1.0 if isinstance(way.args[0], gpt_onnx.QuickGPT) else 2.0

    monkeypatch.setattr(engine, "seconds", seconds)
    ours = service.result(name, asked)  # nobody waits for the export
    assert service.facts(name, asked)["device"] == "CPU"
    written.set()
    ended()
    quick = service.result(name, asked)
    assert service.facts(name, asked)["device"] == "CPU · ONNX Runtime"
    assert made(quick) == made(ours) and len(made(ours)) >= 20
    np.testing.assert_allclose(odds(quick), odds(ours), rtol=0, atol=1e-5)
