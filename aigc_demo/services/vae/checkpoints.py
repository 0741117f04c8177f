"""Which checkpoints answer a request. Free of torch, as the page names them too."""

import math
from typing import Any

from aigc_demo.services.vae.requests import BETAS, KINDS, Anomaly, Beside, Beta, Draw, Plane, Rebuild, Shapes, Walk

JUDGE = "judge-digits"  # reads which class a CVAE is told
COLOUR = "kl-emoji"
Request = Plane | Rebuild | Walk | Draw | Beta | Shapes | Anomaly | Beside


def of_kind(kind: str, code: int) -> str:
    """The digit model of a kind of KINDS with so many numbers in its code."""
    return f"vae-digits-{kind}-2d" if code == 2 else f"vae-digits-{kind}"


def of_beta(beta: float) -> str:
    """The digit model with sixteen numbers that was trained with this beta of BETAS."""
    return "vae-digits-vae" if beta == 1 else f"vae-digits-beta{beta:g}"


def nearest(beta: float) -> float:
    """The trained beta that is the fewest times larger or smaller; of two the smaller."""
    return min(BETAS, key=lambda trained: (abs(math.log(trained / beta)), trained))


def used(request: Any) -> tuple[str, ...]:
    """Every checkpoint that takes part; a run card names the first."""
    if isinstance(request, Plane):
        return of_all(2)
    if isinstance(request, Rebuild):
        return of_all(request.code)
    if isinstance(request, Walk | Draw):
        return (of_kind(request.kind, request.code),)
    if isinstance(request, Beta):
        return (of_beta(nearest(request.beta)),)
    if isinstance(request, Shapes):
        return (f"vae-shapes-beta{request.beta}-seed{request.training_seed}",)
    return (of_beta(1),) if isinstance(request, Anomaly) else (COLOUR,)


def of_all(code: int) -> tuple[str, ...]:
    """The models of all kinds, the VAE first."""
    return tuple(of_kind(kind, code) for kind in sorted(KINDS, key=lambda kind: kind != "vae"))
