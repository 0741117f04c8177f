"""Where to begin and what comes next: paths through the pages on the landing view, and a way on at the end of a page.

What somebody guessed on a step is marked in the browser only, see static/question.js and tabs/home.js.
"""

from dataclasses import dataclass

from aigc_demo.ui.i18n import t


@dataclass(frozen=True)
class Step:
    """One stop: an inner tab, the minutes that it takes, and the question that is asked there, "" where none is."""

    tab: str
    minutes: int
    asks: str = ""


PATHS = {
    "quick": (
        Step("diffusion_forward", 2),
        Step("diffusion_draw", 4, "diffusion.predict_guidance"),
        Step("gan_draw", 3, "gan.predict_limit"),
        Step("gpt_surgery", 4, "gpt.predict_surgery"),
        Step("seq2seq_pair", 2, "seq2seq.predict_pair"),
    ),
    "picture": (
        Step("diffusion_forward", 5),
        Step("diffusion_draw", 8, "diffusion.predict_guidance"),
        Step("diffusion_redraw", 6, "diffusion.predict_level"),
        Step("vae_walk", 7, "vae.predict_walk"),
        Step("vae_plane", 8, "vae.predict_plane"),
        Step("vae_draw", 6, "vae.predict_prior"),
        Step("gan_points", 10, "gan.predict_ring"),
        Step("gan_draw", 6, "gan.predict_collapse"),
        Step("cyclegan_compare", 4, "cyclegan.predict_compare"),
    ),
    "writing": (
        Step("gpt_write", 8, "gpt.predict_cold"),
        Step("gpt_surgery", 8, "gpt.predict_surgery"),
        Step("gpt_attention", 8, "inside.predict_attention"),
        Step("gpt_training", 7, "inside.predict_training"),
        Step("gpt_tune", 10, "inside.predict_tune"),
        Step("seq2seq_pair", 8, "seq2seq.predict_pair"),
        Step("textvae_morph", 6, "textvae.predict_morph"),
        Step("hf_text_chat", 5, "hf_text.predict_chat"),
    ),
    "sentence": (
        Step("clip_matrix", 6, "clip.predict_matrix"),
        Step("text2image_draw", 9, "text2image.predict_heldout"),
        Step("text2image_attention", 7, "text2image.predict_where"),
        Step("text2image_walk", 6, "text2image.predict_way"),
        Step("dalle_rebuild", 7, "dalle.predict_tokens"),
        Step("dalle_draw", 9, "dalle.predict_greedy"),
        Step("dalle_candidates", 8, "dalle.predict_rank"),
        Step("dalle_both", 8, "dalle.predict_both"),
    ),
    "moving": (
        Step("audiogan_draw", 9, "audiogan.predict_phase"),
        Step("audiogan_both", 7, "audiogan.predict_gan"),
        Step("audiogan_judge", 6, "audiogan.predict_backwards"),
        Step("music_write", 9, "music.predict_hot"),
        Step("music_harmonise", 8, "music.predict_ahead"),
        Step("music_training", 6, "music.predict_training"),
        Step("video_draw", 8, "video.predict_first"),
        Step("video_forecast", 7, "video.predict_forecast"),
    ),
    "training": (
        Step("training_race", 9, "training.predict_updates"),
        Step("training_horses", 8, "training.predict_twice"),
        Step("training_augment", 8, "training.predict_augment"),
        Step("training_selfsup", 8, "training.predict_unlabelled"),
        Step("compression_bits", 9, "compression.predict_eight"),
        Step("compression_tune", 9, "compression.predict_tune"),
        Step("compression_distil", 9, "compression.predict_distil"),
    ),
}
NEXT = {  # family -> the inner tabs that its page leads on to; path.<family>_<number> says why
    "diffusion": ("vae_walk", "gan_walk"),
    "text2image": ("diffusion_draw", "vae_rebuild"),
    "dalle": ("clip_matrix", "gpt_write"),
    "compression": ("gpt_write", "diffusion_draw"),
    "training": ("diffusion_draw", "gpt_tune"),
    "audiogan": ("diffusion_draw", "music_write"),
    "music": ("gpt_write", "audiogan_pad"),
    "clip": ("dalle_candidates", "text2image_draw"),
    "video": ("diffusion_draw", "gan_walk"),
    "vae": ("gan_points", "diffusion_forward"),
    "gan": ("cyclegan_translate", "vae_draw"),
    "cyclegan": ("diffusion_redraw", "gan_critic"),
    "gpt": ("seq2seq_pair", "hf_text_chat"),
    "seq2seq": ("gpt_attention", "textvae_morph"),
    "textvae": ("vae_walk", "gpt_write"),
    "hf_text": ("gpt_surgery", "gpt_tune"),
}


def address(tab: str, asks: str = "") -> str:
    """A link to an inner tab; with a question it is a lesson link that has it for a task."""
    task = f"&amp;task={t(asks)}" if asks else ""
    return f"./{tab.rpartition('_')[0]}?tab={tab}{task}"


def named(tab: str) -> str:
    """ "Diffusion · Denoise"."""
    family, _, name = tab.rpartition("_")
    return f"{t(f'{family}.title')} · {t(f'{family}.tab_{name}')}"


def paths_markup() -> str:
    """The paths side by side, as they stand on the landing view."""
    return f'<div class="lx-paths">{"".join(map(path, PATHS))}</div>'


def path(name: str) -> str:
    """One path: what it is for, its minutes and level, its steps."""
    steps = "".join(
        f'<li data-asks="{step.asks}"><a href="{address(step.tab, step.asks)}">{named(step.tab)}</a> '
        f"<span>{step.minutes} {t('path.minutes')}</span></li>"
        for step in PATHS[name]
    )
    minutes = sum(step.minutes for step in PATHS[name])
    return (
        f"<section><h3>{t(f'path.{name}')}</h3><p>{minutes} {t('path.minutes')} · {t(f'path.{name}_level')}</p>"
        f"<ol>{steps}</ol></section>"
    )


def next_markup(family: str) -> str:
    """What comes after a page, and what ties it to another; "" for a family that nobody has placed yet."""
    places = enumerate(NEXT.get(family, ()), 1)
    steps = "".join(
        f'<li><a href="{address(tab)}">{named(tab)}</a> {t(f"path.{family}_{place}")}</li>' for place, tab in places
    )
    words = t("path.next")
    return f'<nav class="lx-ways-on" aria-label="{words}"><h2>{words}</h2><ul>{steps}</ul></nav>' if steps else ""
