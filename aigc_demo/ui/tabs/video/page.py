"""Video: a clip of moving digits comes out of noise."""

TABS = ("draw", "walk", "forecast", "beside")

VDM = "https://arxiv.org/abs/2204.03458"
FLOW = "https://arxiv.org/abs/2209.03003"
GUIDANCE = "https://arxiv.org/abs/2207.12598"
