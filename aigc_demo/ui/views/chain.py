"""The small picture that "How it works" begins with: what goes in, the network, what comes out, with arrows between."""

from collections.abc import Sequence

from aigc_demo.ui.i18n import t

SIGNS = {  # name of a step, which the text chain.<name> tells -> its sign
    "add_noise": "+",
    "answer": "Aa",
    "attention": "⋈",
    "best": "★",
    "between": "↔",
    "character": "字",
    "class_a": "3",
    "class_b": "8",
    "classifier": "◆",
    "clip": "◆",
    "clip_of": "▣▣▣",
    "code": "▮▯▮",
    "columns": "▥",
    "critic": "◆",
    "curve": "↘",
    "decoder": "◆",
    "dice": "⚄",
    "drawing": "✎",
    "encoder": "◆",
    "error": "Δ",
    "factors": "▂▅▇",
    "few_steps": "→",
    "file": "▬",
    "five_kinds": "◆◆◆",
    "form": "☐",
    "gap": "Δ",
    "gates": "◆",
    "generator": "◆",
    "grid": "▥",
    "guess": "?",
    "guidance": "↗",
    "hub": "☁",
    "integers": "123",
    "keys": "▮▯▮",
    "large_picture": "▣",
    "less_noise": "▒",
    "library": "◆",
    "loss": "↘",
    "lower": "下",
    "mask": "◰",
    "melody": "♪",
    "memory": "▤",
    "message": "Aa",
    "more_noise": "▒",
    "nearest": "≈",
    "noise": "░",
    "notes": "♪",
    "odds": "▂▅▇",
    "ours": "◆",
    "own_text": "Aa",
    "photo": "▣",
    "picture": "▣",
    "picture_tower": "◆",
    "pictures": "▣▣▣",
    "pixel_shuffle": "▦",
    "place": "▣",
    "plane": "∴",
    "plus": "±",
    "point": "•",
    "points": "∴",
    "product": "×",
    "query": "?",
    "residual_blocks": "◆",
    "rounding": "≈",
    "rules": "✓",
    "sampler": "◆",
    "score": "±",
    "sentence": "Aa",
    "seven_models": "◆◆◆",
    "shape": "◢",
    "sixteen_runs": "◆◆◆",
    "smallest": "·",
    "sound": "∿",
    "spectrogram": "▤",
    "state": "▮▯▮",
    "style": "◩",
    "swap": "⇄",
    "task": "☐",
    "ten_seeds": "░░░",
    "text": "Aa",
    "text_tower": "◆",
    "token": "字",
    "tokens": "▦",
    "transformer": "◆",
    "translator": "◆",
    "unet": "◆",
    "upper": "上",
    "values": "▮▯▮",
    "weights": "▦",
    "word": "Aa",
    "zeros": "0",
}
BESIDE = "="  # in the place of a step: the two next to it are compared


def chain(steps: Sequence[str]) -> str:
    """Markup of the steps, in one line that wraps."""
    parts: list[str] = []
    for before, name in zip(("", *steps), steps, strict=False):
        if name == BESIDE:
            parts.append("<b>=</b>")
            continue
        if before and before != BESIDE:
            parts.append("<b>→</b>")
        parts.append(f"<span><i>{SIGNS[name]}</i>{t(f'chain.{name}')}</span>")
    return f'<p class="lx-chain">{"".join(parts)}</p>'
