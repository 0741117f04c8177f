"""A question that is answered by an experiment: guess, "Show me", and what comes out stands beside the question.

    question("gan.predict_limit", form)

The texts are <key>, <key>_right, <key>_b, <key>_c and <key>_reveal; what is run is the experiment of that key, see
services/experiments.py. Before a guess nothing of the answer is on the screen. "Show me" runs what the experiment asks,
then sets the controls of the form to it, so that the visitor can go on from there.
"""

import dataclasses
import functools
import html
import json
from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr

from aigc_demo.core.params import Request
from aigc_demo.services.experiments import Experiment, Side, differing, experiments_of, perform, use_case_of
from aigc_demo.services.use_case import Json
from aigc_demo.ui.events import guarded, paced, queue
from aigc_demo.ui.i18n import english, has, language, powers, t, tr
from aigc_demo.ui.use_case_form import HIDDEN, Say, UseCaseForm, hosted, inlined
from aigc_demo.ui.widgets import view


def question(key: str, form: UseCaseForm, *covers: str) -> gr.HTML:
    """The card, with its event. `covers`: selectors of what would tell the answer, hidden until there is a guess."""
    experiment = experiments_of(form.family)[key]
    card = view("question", markup(key, form, experiment, covers), None, event="asked")

    @guarded
    def on_asked(request: gr.Request) -> Iterator[Json]:
        lang = language(request)
        say = functools.partial(tr, lang)
        for step in paced(perform(form.service, experiment)):
            shown = step.value or ()
            names = named(shown, experiment, form, say)
            sides = [hosted(drawn(side, name, say, lang), inlined) for side, name in zip(shown, names, strict=True)]
            yield {"done": step.done, "total": step.total, "sides": sides}

    turn = experiment.requests[-1].queue if experiment.requests else "quick"
    wishes = {**queue(turn), **HIDDEN, "show_progress": "hidden"}
    event = card.asked(on_asked, None, card, api_name=key.replace(".", "_"), **wishes)
    event.failure(None, None, None, js=f"() => luoxia.unanswered('{key}')", show_progress="hidden")
    return card


def markup(key: str, form: UseCaseForm, experiment: Experiment, covers: Sequence[str]) -> str:
    """The card before any guess; the right answer is written first, question.js turns them."""
    buttons = "".join(
        f'<button type="button" class="lx-answer" aria-pressed="false" data-right="{int(name == "right")}" '
        f'data-answer="{name}">'
        f"{t(f'{key}_{name}')}</button>"
        for name in ("right", "b", "c")
    )
    values = json.dumps(settings(experiment, form), ensure_ascii=False)
    sets = html.escape(values, quote=True).replace("\\", "&#92;")  # a template would take a backslash for its own
    sides = '<figure class="lx-side"><div></div><figcaption></figcaption></figure>' * experiment.sides
    show = f'<button type="button" class="lx-button lx-strong" disabled>{t("experiment.show")}</button>'
    return (
        f'<section class="lx-predict" data-card="{key}" data-form="{form.use_case}" data-sets="{sets}" '
        f'data-kind="{experiment.kind}"><h3>{t("shell.predict")}</h3><p id="{key}">{t(key)}</p>'
        f'<div class="lx-answers" role="group" aria-labelledby="{key}">{buttons}</div>'
        f'<div class="lx-ask">{show}<output>{t("experiment.guess")}</output>{cover(covers) if covers else ""}</div>'
        f'<div class="lx-sides" hidden>{sides}</div>'
        f'<p class="lx-reveal" hidden><b></b> {t(f"{key}_reveal")}</p></section>'
    )


def cover(selectors: Sequence[str]) -> str:
    """Rules that hide what would tell the answer, and the button that takes them away; question.js does so, too."""
    rules = " ".join(map(hidden, selectors))
    return (
        f'<style>{rules}</style><button type="button" class="lx-button lx-uncover">{t("experiment.uncover")}</button>'
    )


def hidden(selector: str) -> str:
    """The rules for one selector: a dashed box that says why, where the selector begins with an id and so is large."""
    place = f".gradio-container {selector}"
    words = t("experiment.covered") if selector.startswith("#") else ""
    return (
        f"{place} {{ position: relative; visibility: hidden; }} "
        f'{place}::after {{ content: "{words}"; visibility: visible; position: absolute; inset: 0; display: grid; '
        "place-items: center; "
        "padding: 16px; border: 1px dashed var(--lx-edge); border-radius: var(--lx-radius); color: var(--lx-mist); "
        "font-size: 15px; text-align: center; }"
    )


def settings(experiment: Experiment, form: UseCaseForm) -> dict[str, Any]:
    """What the controls of the form are set to after the experiment."""
    last = experiment.sets or (experiment.requests[-1] if experiment.requests else None)
    if last is None or use_case_of(last) != form.use_case:
        return {}
    return {name: value for name, value in dataclasses.asdict(last).items() if name in form.simple()}


def named(sides: Sequence[Side], experiment: Experiment, form: UseCaseForm, say: Say) -> list[str]:
    """What every side is called: by its own name, else by what its request sets otherwise than the others."""
    each = experiment.sides // max(1, len(experiment.requests))
    fields = differing(experiment.requests)
    return [
        say(side.name) if side.name else setting(experiment.requests[place // each], fields, form, say)
        for place, side in enumerate(sides)
    ]


def setting(request: Request, fields: Sequence[str], form: UseCaseForm, say: Say) -> str:
    """ "Truncation 0.3": the fields of a request in the words of the page."""
    return " · ".join(f"{say(form.key(field))} {option(field, getattr(request, field), form, say)}" for field in fields)


def option(field: str, value: Any, form: UseCaseForm, say: Say) -> str:
    """A value as its control names it."""
    key = form.option_key(field, value)
    return say(key) if has(key) else f"{value:g}" if isinstance(value, float) else str(value)


def drawn(side: Side, name: str, say: Say, lang: str) -> Json:
    """A side as the page draws it; for those who read English with what its Chinese lines mean."""
    measures = [powers(say(f"experiment.{measure}").format(x=value)) for measure, value in side.measures.items()]
    axes = [say(key) if key else "" for key in side.axes]
    value = side.value()
    if lang == "en" and (meant := english(side.text)):
        value["text"] = "\n".join([side.text, "", *meant])
    return {"name": name, "measures": measures, "axes": axes, **value}
