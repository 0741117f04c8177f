"""Top of the page: name, language, light or dark, help. Everything in it happens in the browser."""

import gradio as gr

from aigc_demo.ui.i18n import t
from aigc_demo.ui.widgets import live_region, view


def build() -> None:
    """Header, help dialog and live region."""
    view("header", markup(), elem_id="lx-header")
    live_region()


def markup() -> str:
    """The header as fixed HTML; `luoxia.header` gives life to the buttons."""
    lines = "".join(f"<li>{t(f'shell.help_{number}')}</li>" for number in range(1, 6))
    return f"""<header class="lx-header">
<a class="lx-skip" href="#families">{t("shell.skip")}</a>
<h1 class="lx-name"><a href="./">
<b>{t("shell.name")}</b><span aria-hidden="true">·</span>{t("shell.name_rest")}</a></h1>
<div class="lx-tools">
<div class="lx-languages" role="group" aria-label="{t("shell.language")}">
<button type="button" data-lang="zh" lang="zh" aria-label="中文">中</button><!--
--><button type="button" data-lang="en" lang="en" aria-label="English">EN</button></div>
<button type="button" class="lx-round lx-theme"></button>
<button type="button" class="lx-round lx-help" aria-label="{t("shell.help")}">?</button>
</div></header>
<dialog class="lx-dialog" aria-label="{t("shell.help_title")}"><h2>{t("shell.help_title")}</h2><ul>{lines}</ul>
<button type="button" class="lx-close">{t("shell.close")}</button></dialog>"""


def footer() -> None:
    """The small print under every tab."""
    gr.HTML(f'<footer class="lx-footer"><p>{t("shell.print_source")}</p><p>{t("shell.print_offline")}</p></footer>')
