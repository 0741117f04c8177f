"""The earlier name of models.py, for programs that were written with it."""

from aigc_demo.services.hf_text.models import Models as Desk

__all__ = ["Desk"]
