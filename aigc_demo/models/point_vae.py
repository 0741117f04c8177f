"""A VAE for points of the plane, small enough to train while one watches: a normal about what the decoder says.

    -log p(x) <= E_q |x - decoder(z)|^2 / (2 SPREAD^2) + KL(q(z | x) || N(0, 1)) + a constant

Kingma & Welling, "Auto-Encoding Variational Bayes", 2013 (arXiv:1312.6114), equation 3. B batch, Z length of the code.
"""

import torch
from torch import Tensor, nn

from aigc_demo.models.point_gan import PointGANConfig, perceptron

SPREAD = 0.05  # standard deviation of a point about what its code says, in units of the plane


class PointVAE(nn.Module):
    """Encoder and decoder, each as large as a network of the GAN."""

    def __init__(self, config: PointGANConfig):
        super().__init__()
        self.config = config
        self.encoder = perceptron(2, config.width, config.depth, 2 * config.noise)
        self.decoder = perceptron(config.noise, config.width, config.depth, 2)

    def forward(self, z: Tensor) -> Tensor:
        """z (B, Z), normal -> x (B, 2), the middle of what this code stands for."""
        return self.decoder(z)

    def loss(self, x: Tensor, noise: Tensor) -> Tensor:
        """Negative evidence lower bound of points x (B, 2), in nats per point, without its constant; noise (B, Z)."""
        mean, log_variance = self.encoder(x).chunk(2, dim=1)
        z = mean + (log_variance / 2).exp() * noise
        squared = (x - self.decoder(z)).square().sum(1) / (2 * SPREAD**2)
        kl = (mean.square() + log_variance.exp() - log_variance - 1).sum(1) / 2
        return torch.mean(squared + kl)
