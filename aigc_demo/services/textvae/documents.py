"""Results as documents that can be saved: every sentence a line, tinted by how likely its words were."""

from collections.abc import Iterator

from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.textvae.results import Compared, Drawn, Morphed, Read, Written

NAMES = {
    "lm": "language model, standard decoder",
    "vae": "text VAE, standard decoder",
    "vae_inputless": "text VAE, inputless decoder",
    "lm_inputless": "language model, inputless decoder",
}


def document(result: Morphed | Drawn | Compared) -> Document:
    """A result of any use-case."""
    if isinstance(result, Morphed):
        return Document("Luoxia · text VAE · morph", tuple(morphed(result)))
    if isinstance(result, Drawn):
        return Document("Luoxia · text VAE · sentences", tuple(drawn(result)))
    return Document("Luoxia · text VAE · four models", tuple(compared(result)))


def morphed(result: Morphed) -> Iterator[Part]:
    """A, the way, B; below it the way in which words are mixed."""
    last = len(result.steps) - 1
    yield Part(f"A  {said(result.first)}\n", given=True)
    for place, step in enumerate(result.steps):
        yield Part(f"{place / last:.2f}  ")
        yield from sentence(step, result.corpus)
    yield Part(f"B  {said(result.last)}\n\n", given=True)
    for place, text in enumerate(result.fade):
        yield Part(f"{place / last:.2f}  {text}\n")


def drawn(result: Drawn) -> Iterator[Part]:
    """The sentence in the middle, if there is one, and those that were drawn."""
    if result.around is not None:
        yield Part(f"{said(result.around)}\n", given=True)
    for found in result.sentences:
        yield from sentence(found, result.corpus)


def compared(result: Compared) -> Iterator[Part]:
    """The line, what it costs each model, and what came back with words hidden."""
    yield Part(f"{said(result.sentence)}\n", given=True)
    for cost in result.costs:
        kl = "" if cost.kl is None else f" (KL {cost.kl:.1f})"
        yield Part(f"{cost.total:.1f} nats{kl}  {NAMES[cost.model]}\n")
    yield Part("\n" + "".join(word or "□" for word in result.shown) + "\n")
    yield from sentence(result.rebuilt, "verse")


def sentence(found: Written, corpus: str) -> Iterator[Part]:
    """The words of a sentence and the end of the line."""
    gap = "" if corpus == "verse" else " "
    for place, (word, chance) in enumerate(zip(found.words, found.chances, strict=False)):
        yield Part((gap if place else "") + word, p=chance, note=f"{100 * chance:.1f} %")
    yield Part("\n")


def said(read: Read) -> str:
    """A sentence on one line, as it was read."""
    return read.text
