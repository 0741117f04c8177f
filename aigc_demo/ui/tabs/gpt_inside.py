"""What the inner tabs of the GPT share that look inside: shipped results, words for scripts, boxes for two texts."""

import json
from collections.abc import Mapping
from typing import Any

from aigc_demo.services import home
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import t
from aigc_demo.ui.tabs.parts import words

GPT = "gpt-shakespeare"  # whose first results ship


def shipped(name: str) -> dict[str, Any] | None:
    """The first result of an inner tab; None without it."""
    try:
        value: dict[str, Any] = json.loads((home.EXAMPLES / f"{GPT}-{name}.json").read_text("utf-8"))
        return value if {"parameters", "seed"} <= set(value) else None
    except (OSError, ValueError, TypeError):
        return None


def spoken(prefix: str, names: str) -> str:
    """Words of a script, `name` being the text inside.<prefix>_<name>."""
    return words(**{name: f"inside.{prefix}_{name}" for name in names.split()})


def fitting(form: Form, starts: Mapping[str, str], field: str = "model") -> None:
    """Another model brings a beginning in its own language, unless one was typed."""
    model, prompt = form.components[field], form.components["prompt"]
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
