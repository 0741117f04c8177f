"""Our network and sampler beside diffusers, same weights and noise; where it is installed, in ONNX Runtime too."""

from collections.abc import Iterator
from itertools import pairwise
from statistics import median

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.steps import Step, timed
from aigc_demo.pipelines import convert, hf_image, parity
from aigc_demo.pipelines.engine import Network
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.sampling.predict import Denoiser
from aigc_demo.sampling.samplers import sample, trailing_timesteps
from aigc_demo.sampling.schedules import alpha_bar
from aigc_demo.services.both_draw import WithOnnx, numbers, page, still, with_onnx
from aigc_demo.services.diffusion.denoising import example, model_of
from aigc_demo.services.diffusion.requests import ANY, CHECKPOINT, Beside
from aigc_demo.services.engines import ENGINES
from aigc_demo.services.files import PICTURE
from aigc_demo.services.page_values import each
from aigc_demo.services.use_case import UseCase

PROBE = 600  # noise level at which the layers are compared


def beside(store: Store, request: Beside) -> Iterator[Step[WithOnnx | None]]:
    """Draw the same digit twice, then compare both results and every layer on the way. The value comes last."""
    model = model_of(store)
    null = model.config.unet.classes - 1
    digit = null if request.digit == ANY else request.digit
    device = next(model.parameters()).device
    label = torch.tensor([digit], device=device)
    scale = 1.0 if request.digit == ANY else request.guidance
    ours_net = model.unet if request.mistake == "none" else parity.with_mistake(model.unet, request.mistake)
    theirs_net = convert.to_library(model)

    def begin() -> tuple[SeededNoise, Tensor]:
        noise = SeededNoise([request.seed], device)
        return noise, model.fold(noise.draw(model.config.picture))

    def ours(network: Network) -> Iterator[Tensor]:
        noise, start = begin()
        denoise = Denoiser(network, model.config.prediction, label, null, scale)
        schedule = alpha_bar(model.config.schedule, model.config.levels)
        moments = sample(denoise, start, trailing_timesteps(request.steps), schedule, request.sampler, 0.0, noise)
        for _, moment in pairwise(moments):  # as many as theirs: what comes after each step
            yield moment.x.cpu()  # so that a GPU has really finished it

    def theirs() -> Iterator[Tensor]:
        order = hf_image.LibraryDraw(request.sampler, request.steps, scale)
        noise, start = begin()
        for step in hf_image.draw(theirs_net, model.config, start, order, label, noise.generators):
            yield step.value.cpu()

    total = request.steps + 2
    yield Step(0, total, None)
    session = ENGINES.session(model, example(model)) if request.mistake == "none" else None
    networks: list[Network] = [ours_net] if session is None else [ours_net, session]
    runs = [timed(run) for run in (*map(ours, networks), theirs())]
    results, spent = list[Tensor](), [[0.0] for _ in runs]
    for done, moments in enumerate(zip(*runs, strict=True), 1):  # in turns, so that other work slows all alike
        results = [x for x, _ in moments]
        for clock, (_, milliseconds) in zip(spent, moments, strict=True):
            clock.append(milliseconds)
        yield Step(done, total, None)
    times = [median(after - before for before, after in pairwise(clock)) for clock in spent]
    table = parity.compare(ours_net, theirs_net, begin()[1], torch.tensor([PROBE], device=device), label)
    pictures = [model.unfold(x) for x in results]
    yield Step(total, total, with_onnx(results, pictures, times, table.figures, table.first))


USE_CASE: UseCase[Beside, WithOnnx] = UseCase(
    run=beside,
    page=each(page),
    numbers=numbers,
    file=still,
    formats=PICTURE,
    checkpoints=lambda request: (CHECKPOINT,),
    first=Beside(),
)
