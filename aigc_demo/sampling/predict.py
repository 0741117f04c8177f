"""What a network says, as the two things every sampler wants: the clean picture and the noise.

x_t = signal x_0 + noise eps, with signal = sqrt(alpha_bar_t) and noise = sqrt(1 - alpha_bar_t). A network may be
trained to say

    eps    the noise                              Ho et al., 2020 (arXiv:2006.11239), eq. 14
    v      signal eps - noise x_0                 Salimans & Ho, 2022 (arXiv:2202.00512), section 4
    flow   eps - x_0, seen at x_t / (signal + noise) and at flow time s = noise / (signal + noise)
                                                  Liu et al., "Flow Straight and Fast", 2022 (arXiv:2209.03003), eq. 1
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from aigc_demo.sampling.names import PREDICTIONS


@dataclass(frozen=True)
class Estimate:
    """What is known at one noise level; all (B, C, H, W). The last two only where guidance asked the network twice."""

    x0: Tensor  # the clean picture
    eps: Tensor  # the noise; with guidance, the guided noise
    eps_null: Tensor | None = None  # the noise as seen without a class
    eps_class: Tensor | None = None  # the noise as seen with the class


Denoise = Callable[[Tensor, int, float], Estimate]  # x_t (B, C, H, W), level t, alpha_bar_t -> Estimate


def split(output: Tensor, x: Tensor, alpha_bar: float, prediction: str) -> tuple[Tensor, Tensor]:
    """A network's output at x_t -> (x_0, eps), all (B, C, H, W). They recombine to x_t."""
    signal, noise = alpha_bar**0.5, (1 - alpha_bar) ** 0.5
    if prediction == "eps":
        return (x - noise * output) / signal, output
    if prediction == "v":
        return signal * x - noise * output, noise * x + signal * output
    if prediction == "flow":
        s = noise / (signal + noise)
        x_flow = x / (signal + noise)
        return x_flow - s * output, x_flow + (1 - s) * output
    raise ValueError(f"prediction must be one of {', '.join(PREDICTIONS)}, got {prediction}")


def noise_of(x: Tensor, x0: Tensor, alpha_bar: float) -> Tensor:
    """The noise that makes x_t out of x_0; for a picture that was clipped after prediction."""
    return (x - alpha_bar**0.5 * x0) / (1 - alpha_bar) ** 0.5


class Denoiser:
    """A trained network with its class and guidance, seen by samplers as one call.

    Classifier-free guidance (Ho & Salimans, 2022, arXiv:2207.12598, eq. 6, with their 1 + w written as `guidance`):

        eps = eps_null + guidance (eps_class - eps_null)

    so 0 ignores the class, 1 is the plain class-conditional network, more exaggerates the class.
    """

    def __init__(
        self,
        network: Callable[..., Tensor],  # x (B, C, H, W), t (B,), label (B,) or None -> output (B, C, H, W)
        prediction: str,  # eps, v or flow
        label: Tensor | None = None,  # (B,) class of each picture; None for a network without classes
        null: int = 0,  # number of the null class
        guidance: float = 1.0,
        dtype: torch.dtype = torch.float32,  # in which the network computes; samplers stay in float32
    ):
        self.network, self.prediction, self.dtype = network, prediction, dtype
        self.label, self.null, self.guidance = label, null, guidance

    def __call__(self, x: Tensor, level: int, alpha_bar: float) -> Estimate:
        """x_t (B, C, H, W) at noise level `level` -> Estimate. One network call, of 2B pictures when guided."""
        scale = alpha_bar**0.5 + (1 - alpha_bar) ** 0.5 if self.prediction == "flow" else 1.0
        if self.label is None or self.guidance == 1:
            return Estimate(*split(self._ask(x / scale, level, self.label), x, alpha_bar, self.prediction))
        if self.guidance == 0:
            null = torch.full_like(self.label, self.null)
            return Estimate(*split(self._ask(x / scale, level, null), x, alpha_bar, self.prediction))
        both = torch.cat([torch.full_like(self.label, self.null), self.label])
        without, with_class = self._ask(torch.cat([x, x]) / scale, level, both).chunk(2)
        guided = without + self.guidance * (with_class - without)
        x0, eps = split(guided, x, alpha_bar, self.prediction)
        seen = [split(output, x, alpha_bar, self.prediction)[1] for output in (without, with_class)]
        return Estimate(x0, eps, *seen)

    def _ask(self, x: Tensor, level: int, label: Tensor | None) -> Tensor:
        x = x.to(self.dtype, memory_format=torch.channels_last)
        return self.network(x, torch.full((len(x),), level, device=x.device), label).float()


def clipped(denoise: Denoise) -> Denoise:
    """`denoise` with the predicted picture kept inside [-1, 1], and the noise that goes with it.

    For models that say eps: at the noisiest levels their x_0 is a small difference of large numbers.
    """

    def inside(x: Tensor, level: int, alpha_bar: float) -> Estimate:
        estimate = denoise(x, level, alpha_bar)
        x0 = estimate.x0.clamp(-1, 1)
        return replace(estimate, x0=x0, eps=noise_of(x, x0, alpha_bar))

    return inside
