"""The Blocks of all pages, whose own refusals are sentences too.

Gradio turns a request away before any handler of ours sees it where values are missing or where a value names a file
that nobody uploaded; a client would be told "null".
"""

from typing import Any

import gradio as gr
from gradio.exceptions import InvalidPathError

from aigc_demo.core.errors import BadFileError, BadRequestError
from aigc_demo.ui.events import report


class Page(gr.Blocks):
    """gr.Blocks with `report` as its only way to fail, and without Gradio's bar of pages: the header has ours."""

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
        except InvalidPathError:
            raise report(BadFileError("not_uploaded"), options.get("request")) from None
        except Exception as error:
            raise report(error, options.get("request")) from None
