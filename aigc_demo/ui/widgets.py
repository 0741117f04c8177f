"""What tabs are made of. Every text is a token, every control knows its request's bounds.

A tab holds one `Form` per use-case. The form makes the controls from the fields of the request class, and then knows
enough to wire everything else: run and stop, the new seed of an unlocked seed box, lesson link, run card, restore.

    def build(service: DiffusionService) -> list[Form]:
        with gr.Tabs():
            form = Form("diffusion_draw", Draw)          # use-case = API name = id of the inner tab
            with form.tab():                             # label: text <family>.tab_<use case>
                with bench(), controls():
                    form.choice("label")                 # label: <family>.label or field.label
                    form.slider("steps", main=True)      # help: <family>.steps_help; main: first on a phone
                    form.seed()                          # number, lock, dice
                    form.buttons()                       # Run and Stop
                    with drawer():                       # more ▾
                        form.slider("eta")
                with result():
                    scope = microscope(...)              # the family's own view
                    progress = progress_line()
                    badge = honesty_badge()
                    form.save(("png", "gif", "mp4"), save_run)
                    form.share(python)
            form.run(on_draw, [scope, progress, badge])  # endpoint /diffusion_draw
        return [form]

    def on_draw(request: Draw, lang: str) -> Iterator[tuple]: ...      # `lang` only if wanted
    def save_run(request: Draw, format: str) -> Iterator[Step]: ...    # the file at the end, card inside
    def python(request: Draw) -> tuple[str, str]: ...                  # two scripts: ours, the library's

This file has the small parts; `form.py` has Form.
"""

import html
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import gradio as gr

from aigc_demo.ui.i18n import t
from aigc_demo.ui.parked import parked
from aigc_demo.ui.views.chain import chain


def raw(component: Any) -> Any:
    """Let whatever a client sends reach the handler: the request says what is wrong with it, in the right language."""
    component.preprocess = passed_through
    return component


def passed_through(payload: Any) -> Any:
    return payload


# layout ----------------------------------------------------------------------------------------------------------


def heading(title: str, words: str) -> gr.HTML:
    """Title of a tab and the sentence under it; both are keys."""
    return gr.HTML(f'<h2>{t(title)}</h2><p class="lx-lead">{t(words)}</p>', elem_classes="lx-heading")


def bench() -> AbstractContextManager[Any]:
    """Controls and result, side by side on wide screens, result first on phones."""
    return gr.Row(elem_classes="lx-bench", equal_height=False)


def controls() -> AbstractContextManager[Any]:
    """The left column of a bench, 320 px."""
    return gr.Column(elem_classes="lx-controls", min_width=0, scale=0)


def result() -> AbstractContextManager[Any]:
    """The right column of a bench."""
    return gr.Column(elem_classes="lx-result", min_width=0, scale=1)


def row() -> AbstractContextManager[Any]:
    """A line of small things that wraps."""
    return gr.Row(elem_classes="lx-line", equal_height=False)


def drawer(key: str = "shell.more") -> AbstractContextManager[Any]:
    """The fold with the controls that are not among the three main ones."""
    return gr.Accordion(t(key), open=False, elem_classes="lx-drawer")


def fold(key: str) -> AbstractContextManager[Any]:
    """A closed fold with a title."""
    return gr.Accordion(t(key), open=False, elem_classes="lx-fold")


# what a result says about itself -----------------------------------------------------------------------------------


def view(
    kind: str, template: str, value: Any = None, *, event: str | tuple[str, ...] = "click", **properties: Any
) -> gr.HTML:
    """A gr.HTML whose content is set by `luoxia.<kind>(element, props, watch, trigger)` in the page's own script.

    `template` is fixed markup of ours; whatever is in `value` is only ever written with textContent. `event` names
    what the script may trigger and handlers are wired to, one or several: view(..., event="picked").picked(handler).
    """
    events = ", ".join(f"`{name}`" for name in ([event] if isinstance(event, str) else event))  # a quote is sent as 6
    begin = f"luoxia.{kind}(element, props, watch, trigger, {events})"
    small = parked(value)
    return gr.HTML(
        small,
        html_template=template,
        js_on_load=begin if small is value else f"luoxia.fetched(props, () => {begin})",
        apply_default_css=False,
        **properties,
    )


def honesty_badge(value: Mapping[str, Any] | None = None) -> gr.HTML:
    """One line: live or cached, device, time, parameters, seed. Its value is `badge(...)`."""
    return view("badge", '<p class="lx-badge" role="note"></p>', value, elem_classes="lx-badge-box")


def badge(
    state: str, *, device: str = "", ms: float | None = None, parameters: int | None = None, seed: int | None = None
) -> dict[str, Any]:
    """A value for `honesty_badge`; state is "live", "cached" (shipped), "kept" (asked before) or "illustrative"."""
    return {"state": state, "device": device, "ms": ms, "parameters": parameters, "seed": seed}


def progress_line(follows: bool = False) -> gr.HTML:
    """Steps done and time left. Its value is `progress(done, total)`; it shows while a run is under way.

    follows: of a result that follows the controls, without Run; the line keeps its room.
    """
    box = "lx-following" if follows else "lx-progress-box"
    template = '<div class="lx-progress" hidden><progress max="1" value="0" aria-label="' + t("shell.progress")
    return view("progress", template + '"></progress><output></output></div>', None, elem_classes=box)


def progress(done: int, total: int) -> dict[str, int]:
    return {"done": done, "total": total}


# cards and folds ---------------------------------------------------------------------------------------------------


def how_it_works(
    formula: str, words: str, papers: Mapping[str, str], sources: Mapping[str, str], *, steps: Sequence[str] = ()
) -> None:
    """The fold with a picture of the steps, one paragraph (key), the formula (LaTeX), papers and our own source lines.

    `steps` are names of views/chain.py; `papers` maps titles to addresses.

    `sources` maps a caption to the text of a function, as `source.function_text(path, name)` reads it.
    """
    from aigc_demo.ui.source import highlighted

    with fold("shell.how"):
        gr.Markdown(
            f"{chain(steps)}\n\n{t(words)}\n\n$$\n{formula}\n$$", latex_delimiters=LATEX, elem_classes="lx-prose"
        )
        links = "".join(
            f'<li><a href="{html.escape(address)}" target="_blank" rel="noopener">{html.escape(title)}</a></li>'
            for title, address in papers.items()
        )
        parts = "".join(
            f"<figure><figcaption>{html.escape(caption)}</figcaption>"
            f'<pre class="lx-code" tabindex="0"><code>{highlighted(code)}</code></pre></figure>'
            for caption, code in sources.items()
        )
        markup = f'<ul class="lx-papers">{links}</ul><p class="lx-note">{t("shell.own_source")}</p>{parts}'
        gr.HTML(html_template="${value}", value=markup, elem_classes="lx-sources")


LATEX: list[dict[str, str | bool]] = [
    {"left": "$$", "right": "$$", "display": True},
    {"left": "$", "right": "$", "display": False},
]


def code_view(library: str = "shell.library") -> gr.HTML:
    """Two programs in tabs: {"ours": text, "library": text}. `library`: key of the second one's name, "" for none."""
    buttons = "".join(
        f'<button type="button" role="tab" data-side="{side}">{t(name)}</button>'
        for side, name in (("ours", "shell.ours"), ("library", library))
        if name
    )
    return view(
        "code",
        f'<div class="lx-scripts" hidden><div class="lx-code-bar"><div role="tablist">{buttons}</div>'
        f'<button type="button" class="lx-copy">{t("shell.copy")}</button></div>'
        '<pre class="lx-code" tabindex="0"><code></code></pre></div>',
    )


def download() -> gr.HTML:
    """Give it {"file": FileData, "name": "seven.png"}, see `file_data`, and the browser saves the file."""
    return view("download", "<span hidden></span>", None, elem_classes="lx-download")


def file_data(path: str) -> dict[str, Any]:
    """A file in Gradio's cache as part of a gr.HTML value; Gradio adds its address."""
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def scrubber() -> str:
    """Markup of a play button, a range and a place for words; the view that holds it gives life to it."""
    return (
        f'<div class="lx-scrub"><button type="button" class="lx-play" aria-label="{t("shell.play")}"></button>'
        f'<input type="range" min="0" max="0" value="0" aria-label="{t("shell.frame")}"><output></output></div>'
    )
