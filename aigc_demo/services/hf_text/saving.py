"""Saving under its earlier name, for programs that were written with it; new ones take services/service.py."""

from collections.abc import Iterator
from typing import Any

from aigc_demo.core.steps import Step
from aigc_demo.services.hf_text.answers import Asked
from aigc_demo.services.service import Service


def save(name: str, request: Asked, format: str, shown: Any) -> Iterator[Step[bytes | None]]:
    """What is shown, as a file that carries its run card."""
    yield from Service().save(name, request, format, shown)
