"""What every form carries around its controls: lock and dice of a seed, presets, the rows to save and to share.

Fixed markup; `static/form.js` listens to the buttons. What they need of the controls goes through the events of the
form's one view, see `Form.tab`.
"""

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

from aigc_demo.ui.i18n import t


def button(do: str, key: str, element_id: str = "") -> str:
    """A button of the toolbar: what it does in form.js, and the key of its words."""
    mark = f' id="{element_id}"' if element_id else ""
    return f'<button type="button" class="lx-button" data-do="{do}"{mark}>{t(key)}</button>'


def seed_tools(use_case: str, field: str) -> str:
    """Lock and dice beside a seed."""
    lock, dice = t("shell.lock"), t("shell.dice")
    return (
        f'<div class="lx-seed-tools" data-form="{use_case}" data-field="{field}">'
        f'<button type="button" class="lx-lock" id="{use_case}-{field}-lock" aria-pressed="true" '
        f'aria-label="{lock}" title="{lock}"></button>'
        f'<button type="button" class="lx-dice" aria-label="{dice}" title="{dice}"></button></div>'
    )


def preset_row(use_case: str, entries: Mapping[str, Mapping[str, Any]]) -> str:
    """ "Try this": a button per entry, key of its words -> values by field."""
    buttons = "".join(
        f'<button type="button" class="lx-button" data-do="preset" '
        f'data-values="{html.escape(json.dumps(values, ensure_ascii=False))}">{t(key)}</button>'
        for key, values in entries.items()
    )
    return f'<p class="lx-try">{t("shell.try")}</p><div class="lx-presets" data-form="{use_case}">{buttons}</div>'


def save_row(use_case: str, formats: Sequence[str]) -> str:
    """Formats to choose from, the first one chosen, and Save."""
    choices = "".join(
        f'<label><input type="radio" name="{use_case}-format" value="{name}"{" checked" if name == formats[0] else ""}>'
        f"<span>{name.upper()}</span></label>"
        for name in formats
    )
    return (
        f'<div class="lx-save" data-form="{use_case}"><fieldset class="lx-format" id="{use_case}-format">'
        f"<legend>{t('shell.save_as')}</legend>{choices}</fieldset>"
        f"{button('save', 'shell.save', f'{use_case}-save')}</div>"
    )


def share_row(use_case: str, *, settings: bool = True, scripts: bool = False) -> str:
    """Pin the result, copy link, projector view; with settings, lesson link; with scripts, copy as Python."""
    lesson = button("lesson", "shell.lesson") if settings else ""
    python = button("python", "shell.copy_python") if scripts else ""
    return (
        f'<div class="lx-share" data-form="{use_case}">{button("pin", "shell.pin")}'
        f"{button('link', 'shell.copy_link', f'{use_case}-link')}{lesson}"
        f"{button('board', 'shell.board')}{python}</div>"
    )
