"""Write sentences of codes from the prior, or around the code of a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.files import TEXT
from aigc_demo.services.page_values import each, fields
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.textvae.requests import OF, Draw
from aigc_demo.services.textvae.sentences import PLAIN, Read, Written, encoded, model_of, parts_of, read, written
from aigc_demo.services.use_case import UseCase


@dataclass(frozen=True)
class Drawn:
    """Sentences of codes drawn by chance."""

    corpus: str  # verse or reviews
    around: Read | None
    middle: Written | None  # of the mean of the posterior
    sentences: tuple[Written, ...]
    distances: tuple[float, ...]  # of their codes from the middle


@torch.inference_mode()
def draw(store: Store, request: Draw) -> Drawn:
    """Sentences of codes from the prior, or around the code of a sentence."""
    model = model_of(store, OF[request.corpus])
    generator = torch.Generator().manual_seed(request.seed)
    noise = request.spread * torch.randn(request.count, model.config.latent, generator=generator)
    noise = noise.to(store.device)
    around = read(request.around, model.config) if request.around else None
    if around is None:
        z, middle, centre = noise, None, torch.zeros_like(noise[0])
    else:
        posterior = encoded([around], model)
        z, centre = posterior.sample(noise), posterior.mean[0]
        middle = written(model, posterior.mean, 0.0, generator)[0]
    away = tuple(round(far, 3) for far in (z - centre).norm(dim=1).tolist())
    return Drawn(request.corpus, around, middle, tuple(written(model, z, request.temperature, generator)), away)


def told(result: Drawn) -> Iterator[Part]:
    """The sentence in the middle, if there is one, and those that were drawn."""
    if result.around is not None:
        yield Part(f"{result.around.text}\n", given=True)
    for found in result.sentences:
        yield from parts_of(found, result.corpus)


def document(request: Draw, run: Sequence[Drawn]) -> Document:
    """The sentence in the middle, if there is one, and those that were drawn."""
    return Document("Luoxia · text VAE · sentences", tuple(told(run[-1])))


USE_CASE: UseCase[Draw, Drawn] = UseCase(
    run=draw,
    page=each(fields),
    numbers=fields,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: (OF[request.corpus],),
    library=lambda request: PLAIN,
    first=Draw(),
)
