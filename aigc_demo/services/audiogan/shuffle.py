"""Phase shuffle: the score that WaveGAN's critic gives a sound moved by a few samples, and what its random moves do.

D places of a sound, R draws of the moves, M maps, T positions of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.store import Store
from aigc_demo.core import threads
from aigc_demo.data import sound_files, spoken
from aigc_demo.models.wavegan import STRIDE, WaveCritic
from aigc_demo.services.audiogan.both import chances
from aigc_demo.services.audiogan.judge import recorded, small
from aigc_demo.services.audiogan.requests import CLASSIFIER, GAN, Shuffle
from aigc_demo.services.audiogan.sounding import Sounds, saved, shown
from aigc_demo.services.audiogan.wave import gan_of, generated, looked_at, noise_of
from aigc_demo.services.files import SOUND, Sound
from aigc_demo.services.page_values import Array, each, plain, png
from aigc_demo.services.use_case import Json, UseCase

PLACES = STRIDE**3  # D: the sound moved by 0 to 63 samples, as far as the strides of three layers reach
ROWS, COLUMNS = 6, 16  # of a layer's maps that are looked at: the strongest, from just before the sound begins


@dataclass(frozen=True)
class Scores:
    """What the critic says of one sound at D places."""

    sounds: Sounds  # as it is, and where the score without shuffle is furthest from that
    furthest: int  # samples by which the second is moved
    digit: int  # as which it is scored
    off: Array  # (D,), without phase shuffle
    on: Array  # (R, D), with the same moves at all places; R is 0 where it is off
    moves: tuple[tuple[int, ...], ...]  # R of them, a number for every layer but the last
    maps: Array  # of every layer but the last before its move and after, as pictures: (layers, 2, 1, M, T)
    usual: tuple[float, float]  # scores of held-out recordings and of made sounds, in the middle


def later(sound: Tensor, by: int) -> Tensor:
    """A sound (L,) moved by so many samples, silence before it."""
    return torch.nn.functional.pad(sound, (by, 0))[: len(sound)]


def drawn(request: Shuffle, layers: int) -> tuple[tuple[int, ...], ...]:
    """The moves of every draw: for each of the layers a whole number from -most to most."""
    if not request.shuffle:
        return ()
    generator = torch.Generator().manual_seed(request.seed)
    moves = torch.randint(-request.most, request.most + 1, (request.draws, layers), generator=generator)
    return tuple(tuple(int(by) for by in draw) for draw in moves)


def looked_through(critic: WaveCritic, sound: Tensor, moves: Sequence[int]) -> Array:
    """Maps of a sound (L,), each layer's before its move and after, around the onset: (layers, 2, 1, ROWS, COLUMNS)."""
    still = [0] * len(moves)
    pairs = []
    for layer, by in enumerate(moves):
        alone = [*still[:layer], by, *still[layer + 1 :]]
        before, after = (list(critic.seen(sound[None], way))[layer][0].cpu() for way in (still, alone))
        rows = before.abs().amax(1).topk(ROWS).indices.sort().values
        loud = before[rows].square().sum(0)
        onset = int((loud > 0.1 * loud.max()).int().argmax())
        start = max(0, min(onset - COLUMNS // 3, before.shape[1] - COLUMNS))
        window = torch.stack([maps[rows, start : start + COLUMNS] for maps in (before, after)])
        middle = window.mean((0, 2), keepdim=True)
        pairs.append(((window - middle) / (window - middle).abs().amax((0, 2), keepdim=True).clamp_min(1e-9))[:, None])
    return torch.stack(pairs).numpy()


def sound_of(store: Store, request: Shuffle) -> tuple[Tensor, int]:
    """The sound (L,) as the critic gets it, and the digit as which it is scored; of a recording, what is heard."""
    if not request.recording:
        return generated(store, noise_of(store, [request.seed]), [request.digit])[0], request.digit
    sound = spoken.clip(torch.from_numpy(sound_files.spoken_part(recorded(request), spoken.LENGTH).copy()))
    return sound, int(chances(store, sound[None].numpy())[0].argmax())


@torch.inference_mode()
def shuffle(store: Store, request: Shuffle) -> Scores:
    """The scores of one sound at all places, without phase shuffle and with every draw of its moves."""
    sound, digit = sound_of(store, request)
    critic = gan_of(store).critic
    places = torch.stack([later(sound, by) for by in range(PLACES)])
    batch, label = places.to(store.device), torch.full((PLACES,), digit, device=store.device)
    moves = drawn(request, len(critic.layers) - 1)
    still = [0] * (len(critic.layers) - 1)
    with threads.small():
        off, *on = (critic(batch, label, way).float().cpu().numpy() for way in (still, *moves))
        maps = looked_through(critic, batch[0], moves[0] if moves else still)
    furthest = int(np.abs(off - off[0]).argmax())
    usually = store.catalogue.checkpoint(GAN).metrics
    return Scores(
        looked_at(places[[0, furthest]]),
        furthest,
        digit,
        off,
        np.stack(on) if on else np.zeros((0, PLACES), np.float32),
        moves,
        maps,
        (usually["critic_of_test"], usually["critic_of_made"]),
    )


def swing(curve: Array) -> float:
    """From the lowest to the highest score."""
    return float(curve.max() - curve.min())


def curve(found: Scores) -> Array:
    """(D,): the mean of all draws, without phase shuffle the score itself."""
    return found.on.mean(0) if len(found.on) else found.off


def numbers(request: Shuffle, found: Scores) -> Json:
    """Scores at all places: without shuffle, mean, lowest and highest of all draws; and how far they swing."""
    told: Json = {
        "digit": found.digit,
        "off": plain(found.off.tolist()),
        "swing": plain(swing(found.off)),
        "furthest": found.furthest,
        "real": found.usual[0],
        "made": found.usual[1],
        "moves": [list(draw) for draw in found.moves],
    }
    if len(found.on):
        mean = curve(found)
        ends = {"low": plain(found.on.min(0).tolist()), "high": plain(found.on.max(0).tolist())}
        told |= {
            "mean": plain(mean.tolist()),
            **ends,
            "swing_mean": plain(swing(mean)),
            "spread": plain(float(found.on.std(0).mean())),
        }
    return told


def value(request: Shuffle, found: Scores) -> Json:
    """Both sounds, the scores, and the maps of every layer before and after its move as a sheet."""
    maps = found.maps
    sheet = np.concatenate(list(maps.transpose(1, 0, 2, 3, 4).reshape(-1, *maps.shape[2:])), axis=2)
    pictures = {"sheets": [png(sheet)], "counts": [2 * len(maps)], "panes": ["picture"], "w": COLUMNS, "h": ROWS}
    own = {"own": bool(request.recording), "maps": pictures}
    return {**shown(found.sounds, []), **numbers(request, found), **own}


def both(request: Shuffle, run: Sequence[Scores]) -> Sound:
    """The sound as it is, and moved."""
    return saved(request, [run[-1].sounds])


USE_CASE: UseCase[Shuffle, Scores] = UseCase(
    run=shuffle,
    page=each(value),
    numbers=numbers,
    file=both,
    formats=SOUND,
    checkpoints=lambda request: (GAN, CLASSIFIER) if request.recording else (GAN,),
    small=small,
    first=Shuffle(),
)
