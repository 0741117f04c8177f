"""Pictures in colour in a row, each with words above and below it; what it does is in pictures.js."""

from typing import Any

import gradio as gr

from aigc_demo.ui.i18n import t
from aigc_demo.ui.widgets import view


def picture_row(elem_id: str, says: str, value: Any = None) -> gr.HTML:
    """A strip of pictures: {"sheets": [one], "w", "h", "columns": [words], "notes": [words]}. `says`: key of words."""
    template = f'<figure class="lx-picture-row"><div></div><figcaption>{t(says)}</figcaption></figure>'
    return view("pictureRow", template, value, elem_id=elem_id)
