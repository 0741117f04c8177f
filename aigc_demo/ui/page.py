"""The Blocks of all pages, whose own refusals are sentences too.

Gradio turns a request away before any handler of ours sees it where values are missing or where a value names a file
that nobody uploaded; a client would be told "null".
"""

import re
from typing import Any

import gradio as gr
from gradio.exceptions import InvalidPathError
from pydantic import ValidationError

from aigc_demo.core.errors import BadFileError, BadRequestError
from aigc_demo.services.kept import Kept
from aigc_demo.ui.events import report


class Page(gr.Blocks):
    """gr.Blocks with `report` as its only way to fail, and without Gradio's bar of pages: the header has ours."""

    kept: Kept  # answers of the service behind it

    def get_config_file(self) -> Any:
        """What the browser builds a page from."""
        return {**super().get_config_file(), "pages": []}

    async def process_api(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        """One event: values in, values out."""
        event, values = options.get("block_fn"), options.get("inputs") or []
        try:
            needed = len(getattr(event, "inputs", ()))
            if len(values) < needed:
                raise BadRequestError("values_missing", needed=needed, given=len(values))
            return await super().process_api(*arguments, **options)
        except gr.Error:
            raise
        except Exception as error:
            told = BadFileError("not_uploaded") if is_no_upload(error) else error
            raise report(told, options.get("request")) from None


def is_no_upload(error: Exception) -> bool:
    """Whether Gradio refuses a value because it names no uploaded file: another path, an address, or no file at all."""
    inner = isinstance(error, ValueError) and re.fullmatch(r"Hostname .* failed validation", str(error))
    return isinstance(error, InvalidPathError | ValidationError) or bool(inner)
