"""GPT: write on from a beginning, see every draw, and look inside."""

from collections.abc import Mapping

from aigc_demo.services.gpt.requests import SETTINGS
from aigc_demo.ui.form import Form
from aigc_demo.ui.use_case_form import HIDDEN

TABS = ("write", "surgery", "poem", "attention", "lstm", "cache", "beside", "tune", "training")
TO_SURGERY = "to surgery"  # the button of the writing form


def connect(forms: Mapping[str, Form]) -> None:
    """A text that was written goes under the knife, with the settings that it was written with."""
    write, surgery = forms["gpt_write"], forms["gpt_surgery"]
    fields = [write.components[name] for name in ("prompt", *SETTINGS)]
    parts = [surgery.components[name] for name in ("prompt", "position", *SETTINGS)]
    script = "(...now) => luoxia.operate('gpt_write-view', 'gpt_surgery', now)"
    write.extra[TO_SURGERY].click(None, fields, parts, js=script, show_progress="hidden", **HIDDEN)
