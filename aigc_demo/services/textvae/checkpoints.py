"""Which checkpoints answer. Free of torch, as the page names them too."""

from typing import Any

VERSE, REVIEWS = "textvae-verse", "textvae-reviews"
OF = {"verse": VERSE, "reviews": REVIEWS}
COMPARED = {  # Bowman et al., table 2: name -> checkpoint
    "lm": "textvae-verse-lm",
    "vae": "textvae-verse-vae",
    "vae_inputless": "textvae-verse-vae-inputless",
    "lm_inputless": "textvae-verse-lm-inputless",
}


def used(request: Any) -> tuple[str, ...]:
    """Every checkpoint that takes part; a run card names the first."""
    corpus = getattr(request, "corpus", None)
    return (OF[corpus],) if corpus else (*COMPARED.values(), VERSE)
