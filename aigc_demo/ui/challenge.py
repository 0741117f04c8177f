"""A challenge: something to reach with the controls of a tab, and a button that checks it.

    challenge("gan.challenge_clouds", form)

The texts are <key>, what is to be reached, and <key>_score, what counts, with {x}. "Check" does once more what the
controls ask for, and services/<family>/challenges.py says whether that is reached. The best score stays in the browser.
"""

import dataclasses
import functools
import html
import json
from collections.abc import Iterator

import gradio as gr

from aigc_demo.core.params import Request
from aigc_demo.services.challenges import Attempt, Challenge, attempt, challenges_of
from aigc_demo.services.use_case import Json
from aigc_demo.ui.events import paced, queue
from aigc_demo.ui.i18n import powers, t, tr
from aigc_demo.ui.use_case_form import HIDDEN, Say, UseCaseForm
from aigc_demo.ui.widgets import view


def challenge(key: str, form: UseCaseForm) -> gr.HTML:
    """The card with the task `key` of the form's family, and its event."""
    task = challenges_of(form.family)[key]
    card = view("challenge", markup(key, form, task), None, event="checked")

    def on_checked(request: Request, lang: str) -> Iterator[Json]:
        for step in paced(attempt(form.service, task, request)):
            found = told(key, step.value, functools.partial(tr, lang)) if step.value else {}
            yield {"done": step.done, "total": step.total, **found}

    wishes = {**queue(form.request.queue), **HIDDEN, "show_progress": "hidden"}
    event = card.checked(form.endpoint(on_checked), form.inputs, card, api_name=key.replace(".", "_"), **wishes)
    event.failure(None, None, None, js=f"() => luoxia.unchecked('{key}')", show_progress="hidden")
    return card


def markup(key: str, form: UseCaseForm, task: Challenge) -> str:
    """The card as it is before anybody has tried."""
    start = {name: value for name, value in dataclasses.asdict(task.start).items() if name in form.simple()}
    sets = html.escape(json.dumps(start, ensure_ascii=False), quote=True).replace("\\", "&#92;")
    return (
        f'<section class="lx-predict lx-challenge" data-task="{key}" data-form="{form.use_case}" data-sets="{sets}" '
        f'data-fewer="{int(task.fewer)}"><h3>{t("challenge.title")}</h3><p>{t(key)}</p><div class="lx-ask">'
        f'<button type="button" class="lx-button">{t("challenge.set_up")}</button>'
        f'<button type="button" class="lx-button lx-strong">{t("challenge.check")}</button>'
        f'<button type="button" class="lx-button">{t("challenge.share")}</button></div>'
        f'<p class="lx-tried" role="status" hidden><b></b> <span></span></p><p class="lx-best" hidden></p></section>'
    )


def told(key: str, found: Attempt, say: Say) -> Json:
    """An attempt in the words of the page."""
    measures = [powers(say(f"experiment.{name}").format(x=value)) for name, value in found.measures.items()]
    words = say(f"{key}_score").format(x=found.score)
    return {"reached": found.reached, "score": found.score, "words": words, "measures": measures}
