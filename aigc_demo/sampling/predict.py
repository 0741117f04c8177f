"""What a network predicts, turned into the two things that every sampler uses: the clean picture and the noise.

x_t = alpha x_0 + sigma eps, with alpha = sqrt(alpha_bar_t) and sigma = sqrt(1 - alpha_bar_t). A network may be trained
to predict

    eps    the noise                              Ho et al., 2020 (arXiv:2006.11239), eq. 14
    v      alpha eps - sigma x_0                  Salimans & Ho, 2022 (arXiv:2202.00512), section 4
    flow   eps - x_0, given x_t / (alpha + sigma) and the flow time s = sigma / (alpha + sigma)
                                                  Liu et al., "Flow Straight and Fast", 2022 (arXiv:2209.03003), eq. 1

Notation, code -> papers: x -> x_t; x0 -> x_0 or x_theta; eps -> epsilon_theta; eps_null -> epsilon_theta(x_t);
eps_class -> epsilon_theta(x_t, c); guidance -> 1 + w.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from aigc_demo.sampling.names import PREDICTIONS
from aigc_demo.sampling.together import spread


@dataclass(frozen=True)
class Estimate:
    """Predictions at one timestep, (B, C, H, W) each. The last two exist only where guidance ran the network twice."""

    x0: Tensor  # the clean picture
    eps: Tensor  # the noise; with guidance, the guided noise
    eps_null: Tensor | None = None  # the noise predicted without a class
    eps_class: Tensor | None = None  # the noise predicted with the class


Denoise = Callable[[Tensor, int, float], Estimate]  # x_t (B, C, H, W), t, alpha_bar_t -> Estimate


def split(output: Tensor, x: Tensor, alpha_bar: float, prediction: str) -> tuple[Tensor, Tensor]:
    """A network's output at x_t -> (x_0, eps), all (B, C, H, W); they recombine to x_t.

    ValueError for an unknown kind of prediction.
    """
    alpha, sigma = alpha_bar**0.5, (1 - alpha_bar) ** 0.5
    if prediction == "eps":
        return (x - sigma * output) / alpha, output
    if prediction == "v":
        return alpha * x - sigma * output, sigma * x + alpha * output
    if prediction == "flow":
        s = sigma / (alpha + sigma)
        x_flow = x / (alpha + sigma)
        return x_flow - s * output, x_flow + (1 - s) * output
    raise ValueError(f"prediction must be one of {', '.join(PREDICTIONS)}, got {prediction}")


def noise_of(x: Tensor, x0: Tensor, alpha_bar: float) -> Tensor:
    """eps of x_t and x_0, all (B, C, H, W); for an x_0 that was clipped after prediction."""
    return (x - alpha_bar**0.5 * x0) / (1 - alpha_bar) ** 0.5


class Denoiser:
    """A trained network with its class and guidance as the one call that samplers make.

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

    def __call__(self, x: Tensor, t: int, alpha_bar: float) -> Estimate:
        """x_t (B, C, H, W) -> Estimate. One network call, of 2B pictures when guided."""
        scale = alpha_bar**0.5 + (1 - alpha_bar) ** 0.5 if self.prediction == "flow" else 1.0
        if self.label is None or self.guidance == 1:
            return Estimate(*split(self._run(x / scale, t, self.label), x, alpha_bar, self.prediction))
        if self.guidance == 0:
            null = torch.full_like(self.label, self.null)
            return Estimate(*split(self._run(x / scale, t, null), x, alpha_bar, self.prediction))
        both = torch.cat([torch.full_like(self.label, self.null), self.label])
        null, conditional = self._run(torch.cat([x, x]) / scale, t, both).chunk(2)
        guided = null + self.guidance * (conditional - null)
        x0, eps = split(guided, x, alpha_bar, self.prediction)
        eps_null, eps_class = (split(output, x, alpha_bar, self.prediction)[1] for output in (null, conditional))
        return Estimate(x0, eps, eps_null, eps_class)

    def _run(self, x: Tensor, t: int, label: Tensor | None) -> Tensor:
        """The network's output for x (B, C, H, W), in float32."""
        x = x.to(self.dtype, memory_format=torch.channels_last)
        times = torch.full((len(x),), t, device=x.device)
        return spread(self.network, x, times, label).float()


def clipped(denoise: Denoise, limit: float = 1.0) -> Denoise:
    """`denoise` with the predicted picture clipped to [-limit, limit], and the noise that goes with it.

    For models that predict eps: at the noisiest timesteps their x_0 is a small difference of large numbers.
    """
    return corrected(denoise, lambda x0: x0.clamp(-limit, limit))


def thresholded(denoise: Denoise, quantile: float, largest: float) -> Denoise:
    """`denoise` with dynamic thresholding of the predicted picture, and the noise that goes with it.

    Each picture is clipped to [-s, s] and divided by s, which is the `quantile` of its absolute values, from 1 to
    `largest` (Saharia et al., 2022, arXiv:2205.11487, section 2.3).
    """

    def correct(x0: Tensor) -> Tensor:
        s = torch.quantile(x0.flatten(1).abs(), quantile, dim=1).clamp(min=1, max=largest)
        s = s.view(-1, *[1] * (x0.dim() - 1))
        return x0.clamp(-s, s) / s

    return corrected(denoise, correct)


def corrected(denoise: Denoise, correct: Callable[[Tensor], Tensor]) -> Denoise:
    """`denoise` with its x_0 (B, C, H, W) replaced by correct(x_0), and the noise that goes with it."""

    def inside(x: Tensor, t: int, alpha_bar: float) -> Estimate:
        estimate = denoise(x, t, alpha_bar)
        x0 = correct(estimate.x0)
        return replace(estimate, x0=x0, eps=noise_of(x, x0, alpha_bar))

    return inside
