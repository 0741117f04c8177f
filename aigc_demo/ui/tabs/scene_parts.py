"""What the pages about captioned scenes share: pictures to pick or of one's own, sentences marked and put together."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from aigc_demo.services import first_results
from aigc_demo.services.scene_names import BACKGROUNDS, OBJECTS, PLACES
from aigc_demo.services.use_case import Json
from aigc_demo.ui.events import QUICK, guarded
from aigc_demo.ui.i18n import language, t, tr
from aigc_demo.ui.tabs.parts import words
from aigc_demo.ui.use_case_form import HIDDEN, Say, UseCaseForm
from aigc_demo.ui.widgets import drawer, raw, view

SAMPLES = 24  # pictures side by side in the sheet
SHEET = "scene-samples.png"


def pictures(form: UseCaseForm) -> None:
    """Pictures that ship to pick from, and a place for one's own: the fields `sample` and `picture`."""
    form.add("sample", scene_picker(f"{form.use_case}-sample", form.defaults["sample"]))
    with drawer("scene.own"):
        form.add("picture", photo(f"{form.use_case}-picture"))


def connect(form: UseCaseForm) -> None:
    """Whoever picks a picture wants to see that one."""
    form.latest_wins("sample", "picture", "")


def scene_picker(elem_id: str, value: int) -> gr.HTML:
    """Held-out scenes to choose from; its value is the number of the picture."""
    buttons = "".join(
        f'<button type="button" aria-pressed="false" aria-label="{place + 1}" '
        f'style="background-position:{100 * place / (SAMPLES - 1):.3f}% 0"></button>'
        for place in range(SAMPLES)
    )
    template = (
        f'<div class="lx-emoji lx-scene-picker" role="group" aria-label="{t("scene.sample")}" '
        f'style="--sheet:url({first_results.address(SHEET)})"><p class="lx-small">{t("scene.sample")}</p>'
        f"<div>{buttons}</div></div>"
    )
    return raw(view("emoji", template, value, elem_id=elem_id))


def photo(elem_id: str) -> gr.HTML:
    """A picture of one's own; its value is a data URL, or empty."""
    template = (
        f'<div class="lx-photo"><img alt="{t("field.picture")}" hidden><div class="lx-line">'
        f'<button type="button" class="lx-upload">{t("shell.upload")}</button>'
        f'<button type="button" class="lx-clear" hidden>{t("shell.clear")}</button></div>'
        '<input type="file" accept="image/*" hidden></div>'
    )
    return raw(view("photo", template, "", elem_id=elem_id))


def marks(form: UseCaseForm, field: str = "prompt") -> None:
    """Under the sentence, while one types: what is understood; unknown words, with known ones like them."""
    spoken = words(nearest="scene.nearest", marks="scene.marks")
    template = f'<div class="lx-marks" data-words="{spoken}" aria-live="polite" hidden><p></p><ul></ul><p></p></div>'
    shown = view("marks", template, None, elem_id=f"{form.use_case}-marks-{field}")
    typed = form.components[field]
    name = f"{form.use_case}_marks_{field}"
    typed.change(on_marks, typed, shown, api_name=name, trigger_mode="always_last", **{**QUICK, **HIDDEN})


def on_marks(text: Any, request: gr.Request) -> Json | None:
    from aigc_demo.services.scene_parts import marked

    if not isinstance(text, str) or not text.strip():
        return None
    value, say = marked(text), functools.partial(tr, language(request))
    asked = value.pop("asked")
    told = say("scene.no_object") if asked is None else say("scene.understood", words=described(asked, say))
    return {**value, "understood": told}


def described(asked: Mapping[str, Any], say: Say) -> str:
    """What a sentence claims, in short."""
    many = f"{asked['count']} × " if asked["count"] else ""
    size = [say(f"scene.size_{asked['size']}")] if asked["size"] else []
    names = [many + " ".join([*size, say(f"scene.object_{name}")]) for name in asked["objects"]]
    how = asked["relation"] or asked["place"]
    between = say(f"scene.side_{how}") if asked["relation"] else say("shell.several")
    parts = [between.join(names)]
    parts += [say(f"scene.place_{how}")] if asked["place"] else []
    parts += [say(f"scene.ground_{asked['background']}")] if asked["background"] else []
    return " · ".join(parts)


def builder(form: UseCaseForm) -> Sequence[gr.Dropdown]:
    """The choices of a fold in which a sentence is put together: object, count, background, place, another object."""
    choices: dict[str, tuple[list[Any], Any]] = {
        "name": (named("object", OBJECTS), "apple"),
        "number": ([(str(count), count) for count in (1, 2, 3)], 1),
        "colour": (named("background", BACKGROUNDS, "scene.open"), ""),
        "where": (named("place", PLACES, "scene.open"), ""),
        "other": (named("object", OBJECTS, "scene.open"), ""),
    }
    with drawer("scene.builder"):
        parts = [
            gr.Dropdown(options, value=value, label=t(f"scene.builder_{name}"), elem_id=f"{form.use_case}-build_{name}")
            for name, (options, value) in choices.items()
        ]
    gr.on(
        [part.input for part in parts],
        guarded(on_build),
        parts,
        form.components["prompt"],
        api_name=f"{form.use_case}_build",
        trigger_mode="always_last",
        **{**QUICK, **HIDDEN},
    )
    return parts


def on_build(name: str, number: int, colour: str, where: str, other: str, request: gr.Request) -> str:
    """The sentence about what was put together."""
    from aigc_demo.services.scene_parts import composed

    return composed(language(request), name, number, colour, where, other)


def named(kind: str, options: Sequence[str], none: str = "") -> list[tuple[str, str]]:
    """Choices (token of the name, value) of a builder; `none`: key of what stands for an open choice."""
    return [*([(t(none), "")] if none else []), *((t(f"scene.{kind}_{option}"), option) for option in options)]
