"""What the inner tabs of the GPT share: words for scripts, a beginning that fits the model, the box of a text."""

import json
from collections.abc import Mapping

from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import words

FORMATS = ("txt", "html", "png", "json")  # of a text


def spoken(prefix: str, names: str) -> str:
    """Words of a script, `name` being the text inside.<prefix>_<name>."""
    return words(**{name: f"inside.{prefix}_{name}" for name in names.split()})


def fitting(form: Form, starts: Mapping[str, str], field: str = "model", text: str = "prompt") -> None:
    """Another model brings a beginning in its own language, unless one was typed: value of `field` -> `text`."""
    model, prompt = form.components[field], form.components[text]
    script = f"(model, now) => luoxia.start({json.dumps(starts, ensure_ascii=False)}, model, now)"
    model.change(None, [model, prompt], prompt, js=script, show_progress="hidden")


def written(title: str, kind: str) -> str:
    """The box of one of two texts: a title in the colour `kind`, facts, and the text."""
    return (
        f'<section class="lx-author" data-side="{kind}"><h3 class="lx-hue lx-hue-{kind}">{t(title)}</h3>'
        f'<p class="lx-small lx-author-facts"></p>'
        f'<div class="lx-text" tabindex="0" role="group" aria-label="{t(title)}" data-empty="{t("tokens.empty")}">'
        "</div></section>"
    )
