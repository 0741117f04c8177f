"""Language models of characters: what held-out text costs them, and what can be checked of the poems that they write.

Shakespeare, the whole validation set (the last tenth of the text):
nats_per_character  mean of -log p(character | those before). A GPT sees it through windows that overlap by half, so
                    that every character but those of the first half window has half a context before it or more; an
                    LSTM carries its state through all of it.

Poems, all held-out ones that the vocabulary can write:
nats_per_character  of the characters of the lines, given form and title; the marks between lines are not counted
nats_untitled       the same without a title
nats_per_token      as the first, with the marks between lines and the end counted
form_right          share of poems, written at TEMPERATURE to held-out titles, with the asked number and length of lines
rhyming             share of even lines that rhyme with the even line before, in those that came out right; `real_...`:
                    in held-out poems of the same forms
tones_opposed       share of places 2, 4, 6 and last of a couplet whose tones are opposed; `real_...` likewise
copied_lines        share of written lines that stand in a poem that was learnt from; `real_...`: of held-out lines
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_demo.data import shakespeare, verse
from aigc_demo.data.characters import Characters
from aigc_demo.data.poem_text import FORMS, Poem
from aigc_demo.data.prosody import Prosody
from aigc_demo.evaluation.measurement import Measured, Metrics, Task
from aigc_demo.evaluation.verse import form_right, lines_of, rates
from aigc_demo.models.gpt import GPT
from aigc_demo.models.lstm import LSTM
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.sampling.writing import chances, write

Language = GPT | LSTM
TEMPERATURE = 0.8
WRITTEN = 256  # poems of each form
BATCH = 64
STRETCH = 1024  # characters that an LSTM reads at a time


def costs(logits: Tensor, targets: Tensor) -> Tensor:
    """logits (B, T, V), targets (B, T) -> -log p of every target (B, T); 0 where the target is verse.NOTHING."""
    found = F.cross_entropy(
        logits.float().flatten(0, 1), targets.flatten(), ignore_index=verse.NOTHING, reduction="none"
    )
    return found.view_as(targets)


def nats_of_text(model: Language, text: Tensor) -> float:
    """Mean cost of the characters of text (N,), all but its first."""
    total, done, state = 0.0, 0, model.state()
    while done < len(text) - 1:
        if isinstance(model, GPT):
            start = max(0, done - model.config.context // 2)
            end = min(start + model.config.context, len(text) - 1)
            logits = model(text[None, start:end])
        else:
            start, end = done, min(done + STRETCH, len(text) - 1)
            logits = model(text[None, start:end], state)
        total += costs(logits, text[None, start + 1 : end + 1])[:, done - start :].sum().item()
        done = end
    return total / done


def nats_of_poems(model: Language, poems: Sequence[Poem], titled: bool) -> tuple[float, float]:
    """Mean cost of a character of the lines, and of a token after the title: those, marks and end; given the form."""
    characters = Characters(model.config.characters)
    marks = torch.tensor(characters.encode(verse.COMMA + verse.STOP + verse.END))
    first = characters.encode(verse.START)[0]
    sums, counts = torch.zeros(2, dtype=torch.float64), torch.zeros(2)
    for rows in batches(sorted(poems, key=lambda poem: len(poem.text))):
        texts = [verse.row_of(poem, characters, titled) for poem in rows]
        tokens, targets = verse.padded([np.array(characters.encode(text)) for text in texts])
        targets[(tokens == first).cumsum(1) == 0] = verse.NOTHING  # form and title are given
        cost, asked = costs(model(tokens), targets), targets != verse.NOTHING
        for i, mask in enumerate((asked & ~torch.isin(targets, marks), asked)):
            sums[i] += cost[mask].sum().double()
            counts[i] += mask.sum()
    return (sums[0] / counts[0]).item(), (sums[1] / counts[1]).item()


def batches(poems: Sequence[Poem]) -> Iterator[Sequence[Poem]]:
    """BATCH of them at a time."""
    for start in range(0, len(poems), BATCH):
        yield poems[start : start + BATCH]


def compose(model: Language, form: str, titles: Sequence[str], seed: int) -> list[str]:
    """A poem of the form to each title, without its end; what has no end by the longest row is given as it is."""
    characters = Characters(model.config.characters)
    end = characters.encode(verse.END)[0]
    found = [""] * len(titles)
    by_length: dict[int, list[int]] = {}
    for i, title in enumerate(titles):
        by_length.setdefault(len(title), []).append(i)
    for length, places in sorted(by_length.items()):
        tokens = torch.tensor([characters.encode(verse.opening(form, titles[i])) for i in places])
        ended = torch.zeros(len(places), dtype=torch.bool)
        drawn = []
        for pick in write(model, tokens, Sampling(TEMPERATURE), chances(seed, verse.ROW - length, len(places))):
            drawn.append(pick.token)
            ended |= pick.token == end
            if ended.all():
                break
        for i, row in zip(places, torch.stack(drawn, 1).tolist(), strict=True):
            found[i] = characters.decode(row).split(verse.END)[0]
    return found


def written_metrics(model: Language, folder: Path, prosody: Prosody, count: int) -> tuple[Metrics, int]:
    """What can be checked of `count` poems of every form, and of the held-out ones of these forms."""
    characters = Characters(model.config.characters)
    real = [poem for poem in verse.poem_split(folder, "test") if poem.form in FORMS]
    learnt = {line for poem in verse.poem_split(folder, "train") for line in poem.lines}
    right: list[list[str]] = []
    lines: list[str] = []
    written = 0
    for seed, (form, (width, length)) in enumerate(FORMS.items()):
        titles = [verse.poem_title(poem, characters) for poem in real if poem.form == form] or [""]
        poems = compose(model, form, [titles[i % len(titles)] for i in range(count)], seed)
        written += len(poems)
        right += [lines_of(poem) for poem in poems if form_right(poem, width, length)]
        lines += [line for poem in poems for line in lines_of(poem)]
    true = [poem.lines for poem in real]
    metrics = {
        "form_right": len(right) / written,
        "copied_lines": sum(line in learnt for line in lines) / max(1, len(lines)),
        "real_copied_lines": sum(line in learnt for poem in true for line in poem) / max(1, sum(map(len, true))),
    }
    metrics |= rates(right, prosody) | {f"real_{name}": value for name, value in rates(true, prosody).items()}
    return metrics, written


@torch.inference_mode()
def evaluate(model: Language, data: str, folder: Path, assets: Path, count: int = WRITTEN) -> tuple[Metrics, int]:
    """The metrics, and how much was measured: characters of Shakespeare, or written poems."""
    if data == "shakespeare":
        text = torch.tensor(Characters(model.config.characters).encode(shakespeare.load(folder, "test")))
        return {"nats_per_character": nats_of_text(model, text)}, len(text) - 1
    poems = verse.poem_split(folder, "test")
    character, token = nats_of_poems(model, poems, titled=True)
    untitled, _ = nats_of_poems(model, poems, titled=False)
    metrics, written = written_metrics(model, folder, Prosody.read(assets), count)
    costs_of_text = {"nats_per_character": character, "nats_untitled": untitled, "nats_per_token": token}
    return costs_of_text | metrics, written


def measure(model: Language, task: Task) -> Measured:
    """A language model of Shakespeare or of poems."""
    return Measured(*evaluate(model, task.checkpoint.data, task.folder, task.store.assets))
