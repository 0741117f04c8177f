"""Diffusion tab: watch a picture appear."""

from typing import Any

from aigc_demo.ui.form import Form
from aigc_demo.ui.widgets import heading


def build(service: Any) -> list[Form]:
    """Layout, handlers, wiring."""
    heading("diffusion.title", "diffusion.lead")
    return []
