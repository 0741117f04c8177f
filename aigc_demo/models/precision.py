"""Which number format is fastest here: bfloat16 where the hardware multiplies it by itself, float32 everywhere else.

A CPU without such units emulates bfloat16 several times slower than float32, and has no LSTM in it at all. What a
device can do is measured, once per process and kind of layer: forward and backward of a small layer in either format.
"""

import functools
import logging
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

logger = logging.getLogger(__name__)

GAIN = 1.2  # how many times faster bfloat16 has to be, or the more exact float32 is taken
ROUNDS = 5  # the fastest of them counts, since a busy machine only ever adds time

# Kind of layer -> its classes, a layer of it, and the shape of its input: large enough that arithmetic takes the time
PROBES: dict[str, tuple[tuple[type[nn.Module], ...], Callable[[], nn.Module], tuple[int, ...]]] = {
    "linear": ((nn.Linear,), lambda: nn.Linear(256, 1024), (512, 256)),
    "convolution": ((nn.Conv2d, nn.ConvTranspose2d), lambda: nn.Conv2d(32, 64, 3, padding=1), (8, 32, 16, 16)),
    "LSTM": ((nn.LSTM,), lambda: nn.LSTM(128, 256, batch_first=True), (32, 16, 128)),
}


def autocast(model: nn.Module) -> torch.autocast:
    """Context in which `model` computes in bfloat16 if that is faster for every kind of layer it has, else in float32.

    A new context for each call, for one `with` statement.
    """
    device = next(model.parameters()).device.type
    parts = list(model.modules())
    kinds = [kind for kind, (classes, *_) in PROBES.items() if any(isinstance(part, classes) for part in parts)]
    return torch.autocast(device, torch.bfloat16, enabled=all(gains(kind, device) for kind in kinds))


@functools.cache
@torch.inference_mode(False)
def gains(kind: str, device: str) -> bool:
    """Whether layers of this kind are at least GAIN times faster under bfloat16 autocast on `device`; logged once."""
    with torch.random.fork_rng():
        _, make, shape = PROBES[kind]
        layer, x = make().to(device), torch.randn(shape).to(device)
    try:
        exact, short = (min(seconds(layer, x, bfloat16) for _ in range(ROUNDS)) for bfloat16 in (False, True))
    except RuntimeError as error:
        reason = str(error).partition("\n")[0]
        logger.info("%s layers compute in float32 on this %s: no bfloat16 (%s)", kind, device, reason)
        return False
    better = exact >= GAIN * short
    logger.info(
        "%s layers compute in %s on this %s: %.2f ms in bfloat16, %.2f in float32",
        kind,
        "bfloat16" if better else "float32",
        device,
        1000 * short,
        1000 * exact,
    )
    return better


@torch.enable_grad()
def seconds(layer: nn.Module, x: Tensor, bfloat16: bool) -> float:
    """How long forward and backward of `layer` take on x; RuntimeError where there is no bfloat16 of it."""
    began = time.perf_counter()
    with torch.autocast(x.device.type, torch.bfloat16, enabled=bfloat16):
        y = layer(x)
        loss = (y[0] if isinstance(y, tuple) else y).float().square().mean()
    gradients = torch.autograd.grad(loss, list(layer.parameters()))
    sum(float(gradient.sum()) for gradient in gradients)  # waits for the device
    return time.perf_counter() - began
