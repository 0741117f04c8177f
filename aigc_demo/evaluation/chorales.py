"""Models of chorales: what held-out ones cost them, and how well they keep the rules when they harmonise.

nats_per_token   mean of -log p(sign | what stands before it in the row), over all four voices of held-out chorales, as
                 many beats as the context holds
nats_soprano, nats_lower    the same of the melody, and of the other three voices
fifths, octaves  parallel ones per 100 steps on which two voices or more move, in the held-out melodies harmonised at
                 TEMPERATURE and TOP_P; `real_...`: in Bach's settings of the same melodies
crossing         share of steps at which voices are crossed; `real_...` likewise
range            share of notes that the voice of a choir hardly sings (data/voice_leading.py); `real_...` likewise
melody_kept      share of the given melodies' signs that stand in what was written
"""

from dataclasses import asdict

import numpy as np
import torch
import torch.nn.functional as F

from aigc_demo.data import chorale_tokens as rows
from aigc_demo.data import chorales
from aigc_demo.data.chorales import HOLD, Chorale
from aigc_demo.data.voice_leading import rates
from aigc_demo.evaluation.measurement import Measured, Metrics, Task
from aigc_demo.models.gpt import GPT
from aigc_demo.models.lstm import LSTM
from aigc_demo.sampling.tokens import Sampling, choose

TEMPERATURE, TOP_P = 0.8, 0.9
BATCH = 16


def nats(model: GPT | LSTM, held: tuple[Chorale, ...]) -> Metrics:
    """What the signs of chorales cost, on average."""
    sums = {"soprano": [0.0, 0], "lower": [0.0, 0]}
    for chorale in held:
        row = rows.row_of(chorale)
        tokens = torch.tensor([row.tokens[: rows.CONTEXT + 1]])
        cost = F.cross_entropy(model(tokens[:, :-1])[0].float(), tokens[0, 1:], reduction="none")
        target = tokens[0, 1:]
        free = torch.tensor(row.free[1 : rows.CONTEXT + 1])
        for name, mask in (
            ("soprano", free & (target >= rows.VOICE[0]) & (target < rows.VOICE[1])),
            ("lower", free & (target >= rows.VOICE[1])),
        ):
            sums[name][0] += cost[mask].sum().item()
            sums[name][1] += int(mask.sum())
    total, count = (sum(part[i] for part in sums.values()) for i in (0, 1))
    return {"nats_per_token": total / count, **{f"nats_{name}": cost / n for name, (cost, n) in sums.items()}}


def harmonised(model: GPT | LSTM, held: list[Chorale], seed: int) -> list[Chorale]:
    """Alto, tenor and bass to the melodies of chorales, whose rows fit into the context; beats and melody are given."""
    given = [rows.row_of(chorale) for chorale in held]
    longest = max(len(row.tokens) for row in given)
    known = torch.tensor([row.tokens + [rows.NONE] * (longest - len(row.tokens)) for row in given])
    lower = torch.tensor([[token >= rows.VOICE[1] for token in row] for row in known.tolist()])
    voices = [torch.tensor(rows.voice_tokens(voice)) for voice in range(4)]
    generator, how = torch.Generator().manual_seed(seed), Sampling(TEMPERATURE, top_p=TOP_P)
    found, state = known.clone(), model.state(len(held))
    for place in range(2, longest):
        logits = model(found[:, place - 2 : place] if place == 2 else found[:, place - 1 : place], state, True)[:, -1]
        voice = (place - 3) % rows.BEAT_TOKENS % 4  # 3 is the first soprano
        if (place - 2) % rows.BEAT_TOKENS == 0 or not lower[:, place].any():
            continue
        drawn = voices[voice][choose(logits[:, voices[voice]], how, generator)]
        found[:, place] = torch.where(lower[:, place], drawn, known[:, place])
    return [rows.chorale_of(row[: len(one.tokens)]) for row, one in zip(found.tolist(), given, strict=True)]


def sung(chorale: Chorale) -> np.ndarray:
    """Its voices; a hold at the very beginning is a rest."""
    voices = chorale.voices.copy()
    voices[:, 0][voices[:, 0] == HOLD] = chorales.REST
    return voices


@torch.inference_mode()
def evaluate(model: GPT | LSTM, held: tuple[Chorale, ...], seed: int = 0) -> Metrics:
    """The metrics above over `held`; only chorales whose rows fit into the context are harmonised."""
    fitting = [chorale for chorale in held if len(rows.row_of(chorale).tokens) <= rows.CONTEXT]
    written: list[Chorale] = []
    for start in range(0, len(fitting), BATCH):
        written += harmonised(model, fitting[start : start + BATCH], seed + start)
    same = sum(int((a.voices[0] == b.voices[0]).sum()) for a, b in zip(written, fitting, strict=True))
    real = rates([chorale.voices for chorale in fitting])
    return {
        **nats(model, held),
        **asdict(rates([sung(chorale) for chorale in written])),
        **{f"real_{name}": value for name, value in asdict(real).items()},
        "melody_kept": same / sum(chorale.steps for chorale in fitting),
    }


def measure(model: GPT | LSTM, task: Task) -> Measured:
    """The metrics above over the test part of the chorales in `task.folder`."""
    held = chorales.load(task.folder, "test")
    return Measured(evaluate(model, held, task.settings.seed), len(held))
