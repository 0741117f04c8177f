"""Couplets that were held out: what the true lower lines cost the model, and what its own lower lines are like.

nats_per_character    -log p of a character of the true lower line, the end not counted
length_right          share of lines that are as long as the upper one, when that is asked
length_right_free     the same when it is not asked: the end is where the model puts it
repeats               share of characters that stand in the upper line too, as the page asks for lines by default
repeats_free          the same when nothing is asked
tones_opposed         share of places 2, 4, 6 and last whose tones are opposed; _2, _4, _6, _last: of this place alone
real_...              the same of the true lower lines
looks_above           share of the attention, mean of all heads, that goes to the character right above
looks_above_best      the same of the head that does it most

Tones are counted in lines of five and seven characters, where the table knows both. Lines are found by a beam of BEAM.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import torch

from aigc_demo.data import couplets
from aigc_demo.data.characters import Characters
from aigc_demo.data.opposition import agreement, judged_places
from aigc_demo.data.prosody import Prosody
from aigc_demo.evaluation.measurement import Measured, Metrics, Task
from aigc_demo.models.seq2seq import END, MARKS, START, Seq2Seq, Writer
from aigc_demo.sampling.beam import beam
from aigc_demo.sampling.pairing import pairing, words

Couplets = Sequence[tuple[str, str]]
BEAM = 8
WRITTEN = 600  # upper lines that are answered
BATCH = 256
COMMA = "，"


def batches(pairs: Couplets, size: int) -> Iterable[Couplets]:
    """Couplets of one length at a time."""
    by_length: dict[int, list[tuple[str, str]]] = {}
    for pair in pairs:
        by_length.setdefault(len(pair[0]), []).append(pair)
    for found in by_length.values():
        yield from (found[start : start + size] for start in range(0, len(found), size))


@torch.inference_mode()
def costs(model: Seq2Seq, pairs: Couplets) -> Metrics:
    """nats_per_character, looks_above and looks_above_best over all couplets, teacher-forced."""
    table = Characters(model.config.characters)
    total, count = 0.0, 0
    above, lines = torch.zeros(model.config.decoder_layers, model.config.heads), 0
    for part in batches(pairs, BATCH):
        upper, lower = (torch.tensor([table.encode(pair[side]) for pair in part]) for side in (0, 1))
        given = torch.cat([torch.full_like(lower[:, :1], START), lower[:, :-1]], 1)
        p = model(upper, given).log_softmax(2)
        total -= p.gather(2, lower[:, :, None]).sum().item()
        count += lower.numel()
        looked = model.alignment(upper, given)  # (L, B, H, S, S)
        above += looked.diagonal(dim1=3, dim2=4).mean(3).sum(1)
        lines += len(part)
    share = above / lines
    return {
        "nats_per_character": total / count,
        "looks_above": share.mean().item(),
        "looks_above_best": share.max().item(),
    }


@torch.inference_mode()
def answer(model: Seq2Seq, upper: str, repeats: str) -> str:
    """The best line of a beam, as long as the upper one."""
    table = Characters(model.config.characters)
    tokens = table.encode(upper)
    allowed = pairing(tokens, words(model.config.characters), repeats)
    *_, best = beam(Writer(model, torch.tensor([tokens])), BEAM, len(tokens), START, allowed=allowed)
    return table.decode(best[0].tokens)


@torch.inference_mode()
def ends_right(model: Seq2Seq, pairs: Couplets) -> float:
    """Share of greedy lines whose end the model puts where the upper line has it."""
    table = Characters(model.config.characters)
    right = 0
    for part in batches(pairs, BATCH):
        upper = torch.tensor([table.encode(pair[0]) for pair in part])
        size = upper.shape[1]
        lower = torch.full((len(part), 1), START)
        for _ in range(size + 1):
            lower = torch.cat([lower, model(upper, lower)[:, -1:].argmax(2)], 1)
        ended = (lower[:, 1:] == END).int()
        right += int(((ended.argmax(1) == size) & ended.any(1)).sum())
    return right / len(pairs)


def repeated(pairs: Couplets) -> float:
    """Share of the lower lines' characters that stand in the upper line too."""
    found = [character in upper for upper, lower in pairs for character in lower if character != COMMA]
    return sum(found) / len(found)


def opposed(pairs: Couplets, prosody: Prosody, prefix: str = "") -> Metrics:
    """Share of opposed tones at every judged place of the couplets of five and seven characters."""
    counts: dict[str, list[bool]] = {}
    for upper, lower in pairs:
        if len(upper) not in (5, 7) or COMMA in upper:
            continue
        places = judged_places(upper)
        for place, good in zip(places, agreement(upper, prosody.pattern(upper), prosody.pattern(lower)), strict=True):
            if good is not None:
                name = "last" if place == len(upper) - 1 else str(place + 1)
                for key in ("", f"_{name}"):
                    counts.setdefault(f"{prefix}tones_opposed{key}", []).append(good)
    return {name: sum(found) / len(found) for name, found in sorted(counts.items())}


def known(model: Seq2Seq, pairs: Couplets) -> Couplets:
    """The couplets that the model can read."""
    table = Characters(model.config.characters[len(MARKS) :])
    return [pair for pair in pairs if not table.unknown("".join(pair))]


def evaluate(model: Seq2Seq, folder: Path, assets: Path) -> tuple[Metrics, int]:
    """All metrics, and the number of couplets that were held out; `folder` holds the poems."""
    pairs, prosody = known(model, couplets.couplets(folder, "test")), Prosody.read(assets)
    some = pairs[:: max(1, len(pairs) // WRITTEN)]
    free = [(upper, answer(model, upper, "free")) for upper, _ in some]
    asked = [(upper, answer(model, upper, "mirrored")) for upper, _ in some]
    return {
        **costs(model, pairs),
        "length_right": sum(len(upper) == len(lower) for upper, lower in free) / len(free),
        "length_right_free": ends_right(model, some),
        "repeats": repeated(asked),
        "repeats_free": repeated(free),
        "real_repeats": repeated(pairs),
        **opposed(asked, prosody),
        **opposed(pairs, prosody, "real_"),
    }, len(pairs)


def measure(model: Seq2Seq, task: Task) -> Measured:
    """An encoder-decoder that answers upper lines."""
    return Measured(*evaluate(model, task.folder, task.store.assets))
