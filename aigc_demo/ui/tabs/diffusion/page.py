"""Diffusion: watch a picture appear out of noise, and go the other way."""

TABS = ("draw", "forward", "redraw", "walk", "grid", "samplers", "cut", "beside", "training", "hub")

DDPM = "https://arxiv.org/abs/2006.11239"
DDIM = "https://arxiv.org/abs/2010.02502"
GUIDANCE = "https://arxiv.org/abs/2207.12598"
