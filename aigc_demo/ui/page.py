"""The Blocks of all pages, whose own refusals are sentences too.

Gradio turns a request away before any handler of ours sees it where values are missing or where a value names a file
that nobody uploaded; a client would be told "null".
"""

import copy
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
    being_built = False

    def get_config_file(self) -> Any:
        """What the browser builds a page from; nothing yet of one being built, whose Gradio asks again and again."""
        return {} if self.being_built else {**super().get_config_file(), "pages": []}

    async def postprocess_data(self, block_fn: Any, predictions: Any, state: Any) -> list[Any]:
        """What is sent for each output; one that stays as it is (`gr.skip`) is left out of Gradio's work.

        For each of them Gradio makes the component anew, on the thread that serves everyone, at every step of a run.
        """
        outputs = block_fn.outputs
        values = [predictions] * len(outputs) if stays(predictions) else predictions
        if len(outputs) < 2 and values is predictions or block_fn.batch or not isinstance(values, list | tuple):
            return await super().postprocess_data(block_fn, predictions, state)
        changed = [place for place, value in enumerate(values) if not stays(value)]
        if len(values) != len(outputs) or len(changed) == len(outputs):
            return await super().postprocess_data(block_fn, predictions, state)
        sent: list[Any] = [gr.skip() for _ in outputs]
        if changed:
            part, given = copy.copy(block_fn), [values[place] for place in changed]
            part.outputs = [outputs[place] for place in changed]
            made = await super().postprocess_data(part, given if len(given) > 1 else given[0], state)
            for place, value in zip(changed, made, strict=True):
                sent[place] = value
        return sent

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


def stays(value: Any) -> bool:
    """Whether an output is told to stay as it is."""
    return isinstance(value, dict) and value == gr.skip()


def is_no_upload(error: Exception) -> bool:
    """Whether Gradio refuses a value because it names no uploaded file: another path, an address, or no file at all."""
    inner = isinstance(error, ValueError) and re.fullmatch(r"Hostname .* failed validation", str(error))
    return isinstance(error, InvalidPathError | ValidationError) or bool(inner)
