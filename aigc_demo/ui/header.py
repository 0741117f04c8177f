"""Top of every page: name, language, light or dark, help, and the row of families. No event reaches the server.

It is HTML of its own before Gradio's part of a page, so it is there and works before Gradio has begun.
"""

from collections.abc import Sequence

import gradio as gr

from aigc_demo.ui import rooms, seat
from aigc_demo.ui.i18n import t


def markup(families: Sequence[str], page: str) -> str:
    """Header, row of families, help dialog and live region of the page of a family, "" for the landing page.

    `header.js` gives life to the buttons. Links are relative to the page's <base>.
    """
    lines = "".join(f"<li>{t(f'shell.help_{number}')}</li>" for number in range(1, 6))
    return f"""<div class="lx-top"><header class="lx-header">
<a class="lx-skip" href="#families">{t("shell.skip")}</a>
<h1 class="lx-name"><a href="./">
<b>{t("shell.name")}</b><span aria-hidden="true">·</span>{t("shell.name_rest")}</a></h1>
<div class="lx-tools">{seat.door() if rooms.passphrase() else ""}
<div class="lx-languages" role="group" aria-label="{t("shell.language")}">
<button type="button" data-lang="zh" lang="zh" aria-label="中文">中</button><!--
--><button type="button" data-lang="en" lang="en" aria-label="English">EN</button></div>
<button type="button" class="lx-round lx-theme"></button>
<button type="button" class="lx-round lx-help" aria-label="{t("shell.help")}">?</button>
</div></header>
<nav class="lx-families" id="families" tabindex="-1" aria-label="{t("shell.families")}">{links(families, page)}</nav>
<dialog class="lx-dialog" aria-label="{t("shell.help_title")}"><h2>{t("shell.help_title")}</h2><ul>{lines}</ul>
<h3>{t("glossary.title")}</h3><p>{t("glossary.hint")}</p><dl class="lx-glossary" tabindex="0"></dl>
<button type="button" class="lx-close">{t("shell.close")}</button></dialog>
<div id="lx-live" role="status" aria-live="polite" class="lx-hidden"></div></div>"""


def links(families: Sequence[str], page: str) -> str:
    """One link per page; that of the open one says so."""
    pages = {"": t("shell.tab_home")} | {stem: t(f"{stem}.title") for stem in families}
    if rooms.passphrase() or page == rooms.PAGE:
        pages[rooms.PAGE] = t("room.title")
    return "".join(
        f'<a href="./{stem}" data-page="{stem}"{" aria-current=page" if stem == page else ""}>{title}</a>'
        for stem, title in pages.items()
    )


def footer() -> None:
    """The small print under every page."""
    gr.HTML(f'<footer class="lx-footer"><p>{t("shell.print_source")}</p><p>{t("shell.print_offline")}</p></footer>')
