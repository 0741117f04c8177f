"""Lesson links and run cards: both come down to a use-case, values, and what to lock or hide."""

from collections.abc import Sequence
from typing import Any

from aigc_demo.ui.form import Form


def build(forms: Sequence[Form], families: Any) -> None:
    """Wire the page's wake-up call to the controls of every form."""
