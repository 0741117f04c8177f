"""The choices that requests and pages offer; kept apart so that naming them does not load torch."""

SAMPLERS = ("ddim", "dpmpp", "heun", "euler", "ddpm")
PREDICTIONS = ("eps", "v", "flow")
SCHEDULES = ("cosine", "linear", "flow")
