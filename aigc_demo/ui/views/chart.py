"""The box of a chart that luoxia.chart draws, its legend, and what often stands beside it."""

from aigc_demo.ui.i18n import t

PANES = '<div class="lx-panes"></div>'
SENTENCE = '<p class="lx-verdict" hidden></p>'


def plot(title: str, legend: str = "", more: str = "") -> str:
    """A chart with its title, and what its marks mean below; both are keys."""
    line = f'<p class="lx-small lx-caption">{legend}</p>' if legend else ""
    return (
        f'<figure class="lx-chart"><figcaption>{t(title)}</figcaption>'
        f'<svg viewBox="0 0 420 190" role="img" aria-label="{t(title)}"></svg>{line}{more}</figure>'
    )


def legend(**keys: str) -> str:
    """Colour -> the key of what it stands for, as a line under a chart."""
    return " ".join(f'<span class="lx-hue lx-hue-{kind}">{t(key)}</span>' for kind, key in keys.items())
