"""Two lines above each other with threads between them; what they do is in couplet.js."""

from aigc_demo.ui.i18n import t


def stage() -> str:
    """Markup of the two lines with their threads."""
    return (
        '<div class="lx-pairing" role="group"><div class="lx-pairing-line lx-pairing-upper" role="group" '
        f'aria-label="{t("seq2seq.upper_line")}"></div><svg class="lx-threads" aria-hidden="true"></svg>'
        f'<div class="lx-pairing-line lx-pairing-lower" role="group" aria-label="{t("seq2seq.lower_line")}"></div>'
        "</div>"
    )
