"""The number format of a training is what the machine does well, and the log says which."""

import logging

import pytest
import torch
from torch import nn

from aigc_demo.models import precision
from aigc_demo.models.gpt import GPT, GPTConfig
from aigc_demo.models.lstm import LSTM, LSTMConfig
from aigc_demo.nn.attention import attend


@pytest.fixture
def timed(monkeypatch):
    """Set how long a layer takes in float32 and in bfloat16; an exception as the second is raised."""
    precision.gains.cache_clear()

    def set_times(exact, short):
        def seconds(layer, x, bfloat16):
            if bfloat16 and isinstance(short, Exception):
                raise short
            return short if bfloat16 else exact

        monkeypatch.setattr(precision, "seconds", seconds)

    yield set_times
    precision.gains.cache_clear()


@pytest.mark.parametrize(
    ("exact", "short", "format"),
    [
        (0.002, 0.001, torch.bfloat16),
        (0.001, 0.001, torch.float32),
        (0.001, 0.004, torch.float32),
        (0.001, RuntimeError("no kernel"), torch.float32),
    ],
    ids=["faster", "as fast", "slower", "not there"],
)
def test_bfloat16_is_taken_where_it_is_faster(timed, caplog, exact, short, format):
    timed(exact, short)
    model = nn.Linear(4, 4)
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            with precision.autocast(model):
                assert model(torch.zeros(2, 4)).dtype == format
    assert len(caplog.records) == 1  # measured once
    assert f"compute in {str(format).removeprefix('torch.')}" in caplog.text


def test_one_slow_kind_of_layer_keeps_the_whole_model_in_float32(monkeypatch):
    monkeypatch.setattr(precision, "gains", lambda kind, device: kind != "LSTM")
    with precision.autocast(GPT(GPTConfig.tiny())):
        assert torch.is_autocast_enabled("cpu")
    with precision.autocast(LSTM(LSTMConfig.tiny())):
        assert not torch.is_autocast_enabled("cpu")


@pytest.mark.parametrize("kind", list(precision.PROBES))
def test_a_measurement_ends_in_an_answer_and_touches_nothing(kind):
    before = torch.get_rng_state()
    precision.gains.cache_clear()
    with torch.inference_mode():  # an evaluation asks from inside one
        assert precision.gains(kind, "cpu") in (True, False)
    assert torch.equal(torch.get_rng_state(), before)


def test_attention_is_trained_in_float32_and_used_in_the_format_of_the_others():
    q, k, v = (torch.randn(2, 3, 5, 4, requires_grad=True) for _ in range(3))
    with torch.autocast("cpu", torch.bfloat16):
        trained = attend(q.bfloat16(), k.bfloat16(), v.bfloat16(), causal=True)
        with torch.no_grad():
            used = attend(q, k, v, causal=True)
    exact = attend(*(part.bfloat16().float() for part in (q, k, v)), causal=True)
    assert trained.dtype == torch.float32 and used.dtype == torch.bfloat16
    torch.testing.assert_close(trained, exact)
    torch.testing.assert_close(used.float(), exact, atol=2e-2, rtol=2e-2)
    trained.sum().backward()
    assert all(part.grad.abs().max() > 0 for part in (q, v))
