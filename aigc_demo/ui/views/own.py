"""A model of one's own in a family's page: the control of a form's `checkpoint`, and the link to it; see own.js.

The id comes with the link in the training room. It stays with that person: links and saved files carry `OWN` instead.
"""

from typing import Any

import gradio as gr

from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.widgets import raw, view

ROOM = "./training?tab=training_"


def own_model(form: Form, *instead: str) -> gr.HTML:
    """Says whether one's own model draws, and leads to the training room or back to the shipped models.

    `instead`: controls that choose a shipped model; whoever uses one of them wants to see that.
    """
    tab = "gpt" if form.family == "gpt" else "train"
    template = (
        f'<div class="lx-own-model lx-small" data-own="false"><p><a href="{ROOM}{tab}">'
        f"{t('shell.own_train')}</a></p><p><b>{t('shell.own_here')}</b> "
        f'<button type="button" class="lx-button">{t("shell.own_back")}</button></p></div>'
    )
    control: Any = raw(view("ownModel", template, "", elem_id=f"{form.use_case}-checkpoint"))
    for name in instead:
        form.components[name].select(None, None, control, js="() => ''", show_progress="hidden")
    return form.add("checkpoint", control)


def own_link(elem_id: str) -> gr.HTML:
    """The link to the page that uses a model which was just trained; its value is {"href", "words"} or None."""
    template = '<p class="lx-own-link" hidden><a target="_blank" rel="noopener"></a></p>'
    return view("ownLink", template, elem_id=elem_id)
