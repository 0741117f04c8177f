"""WaveGAN: samples in one go, without steps and without a picture; from one seed to another, heard as a series."""

import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.core import threads
from aigc_demo.data import spectrogram
from aigc_demo.models.wavegan import WaveGAN
from aigc_demo.sampling.latent import slerp
from aigc_demo.sampling.noise import SeededNoise
from aigc_demo.services.audiogan.requests import GAN, Wave
from aigc_demo.services.audiogan.sounding import Sounds, counted, saved, stops
from aigc_demo.services.files import SOUND
from aigc_demo.services.page_values import each
from aigc_demo.services.use_case import UseCase

LOUDEST = 0.9  # largest sample of a sound


def gan_of(store: Store) -> WaveGAN:
    """WaveGAN as it ships: generator and critic."""
    return loaded(store, GAN, WaveGAN)


def noise_of(store: Store, seeds: list[int]) -> Tensor:
    """Noise (N, Z), each from its own seed."""
    return SeededNoise(seeds, store.device).draw((gan_of(store).config.noise,))


@torch.inference_mode()
def generated(store: Store, z: Tensor, digits: list[int]) -> Tensor:
    """Samples (N, L) out of noise z (N, Z), one digit each, as the network gives them."""
    with threads.small():
        made: Tensor = gan_of(store).generator(z, torch.tensor(digits, device=z.device))
    return made.float().cpu()


def looked_at(samples: Tensor) -> Sounds:
    """Samples (N, L) as loud as recordings, with their spectrograms."""
    full = samples / samples.abs().amax(1, keepdim=True).clamp_min(1e-9)
    return Sounds(spectrogram.picture(full).numpy(), (LOUDEST * full).numpy())


def wave(store: Store, request: Wave) -> Sounds:
    """All stops between the two seeds."""
    start, end = torch.split(noise_of(store, [request.seed_from, request.seed_to]), 1)
    z = torch.cat([slerp(start, end, i / (request.stops - 1)) for i in range(request.stops)])
    return looked_at(generated(store, z, [request.digit] * request.stops))


USE_CASE: UseCase[Wave, Sounds] = UseCase(
    run=wave,
    page=each(stops),
    numbers=counted,
    file=saved,
    formats=SOUND,
    checkpoints=lambda request: (GAN,),
    first=Wave(),
)
