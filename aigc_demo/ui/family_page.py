"""The page of a family: ui/tabs/<family>/page.py names its inner tabs, each is a file of that name beside it.

Where something goes from one inner tab to another, page.py has `connect(forms)`, by use case.
"""

from importlib import import_module

import gradio as gr

from aigc_demo.services.service import Service
from aigc_demo.ui.form import Form
from aigc_demo.ui.i18n import glosses
from aigc_demo.ui.parked import parked
from aigc_demo.ui.paths import next_markup
from aigc_demo.ui.widgets import heading, view

CHINESE = ("gpt", "seq2seq", "textvae", "clip", "dalle", "text2image")  # whose pages show lines of Chinese


def build(family: str, service: Service) -> list[Form]:
    """Heading and inner tabs; gives back the forms of those that have one."""
    folder = f"aigc_demo.ui.tabs.{family}"
    heading(f"{family}.title", f"{family}.lead")
    page = import_module(f"{folder}.page")
    if above := getattr(page, "above", None):  # what all tabs share
        above()
    with gr.Tabs(elem_id=f"tab-{family}"):
        made = [import_module(f"{folder}.{tab}").build(service) for tab in page.TABS]
    if family in CHINESE:
        at = parked(dict(glosses()))["at"]
        view("english", f'<aside class="lx-english" data-at="{at}" hidden></aside>')
    if ways_on := next_markup(family):
        view("paths", ways_on)
    forms = [form for form in made if form is not None]
    if hasattr(page, "connect"):
        page.connect({form.use_case: form for form in forms})
    return forms
