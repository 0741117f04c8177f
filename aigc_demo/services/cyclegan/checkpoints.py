"""Which checkpoints answer. Free of torch, as the page names them too."""

from typing import Any

from aigc_demo.services.cyclegan.requests import Compare

CYCLE = "cyclegan-emoji"
WITHOUT = "cyclegan-emoji-nocycle"  # the ablation
JUDGE = "judge-emoji"


def used(request: Any) -> tuple[str, ...]:
    """Every checkpoint that takes part; a run card names the first."""
    return (CYCLE, WITHOUT) if isinstance(request, Compare) else (CYCLE,)
