"""Answer an upper line with lower lines: found by a beam or drawn by chance, under the rules that were asked for.

S characters of a line, V vocabulary, N lines, L layers, H heads.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor

from aigc_demo.checkpoints.catalogue import ASSETS
from aigc_demo.checkpoints.store import Store, loaded
from aigc_demo.core.errors import BadRequestError
from aigc_demo.core.steps import Step
from aigc_demo.data.characters import Characters
from aigc_demo.data.opposition import agreement, asked_tones, has_tone, judged_places
from aigc_demo.data.prosody import Prosody
from aigc_demo.models.seq2seq import START, Seq2Seq, Writer
from aigc_demo.sampling.beam import Allowed, Line, beam, drawn
from aigc_demo.sampling.pairing import pairing, words
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.services.files import TEXT
from aigc_demo.services.page_values import each
from aigc_demo.services.seq2seq.famous import KNOWN, NUMBERS
from aigc_demo.services.seq2seq.lines import pattern_of, upper_line
from aigc_demo.services.seq2seq.requests import COUPLETS, Pair
from aigc_demo.services.text_saving import Document, Part
from aigc_demo.services.use_case import Json, UseCase

TITLE = "落霞 · Luoxia: seq2seq-couplets"
TYPED = 3  # couplets on the card of the landing page
TRIES = 4  # lines that are drawn for each that is asked, since some come out alike


@dataclass(frozen=True)
class Reply:
    """A lower line, or the beginning of one while it grows."""

    text: str
    cost: float  # of a character, in nats: -log p, mean over the line
    p: tuple[float, ...] = ()  # what the model gave each character
    tones: str = ""  # 平, 仄, ○ either or ？ unknown for every character
    agree: tuple[bool | None, ...] = ()  # at the judged places: opposed to the upper line? None where nobody knows
    looked: np.ndarray | None = None  # (L, H, S, S) uint8 in 255ths: row = lower character, column = upper character


@dataclass(frozen=True)
class Truth:
    """What the poet wrote under a known line that was held out of training."""

    reply: Reply
    source: int  # its number in famous.KNOWN
    better: int  # how many of the lines found the model prefers to it


@dataclass(frozen=True)
class Answered:
    """Lower lines to an upper line."""

    upper: str  # as it was read: without white space and final marks
    tones: str
    judged: tuple[int, ...]  # places whose tones should be opposed
    replies: tuple[Reply, ...]  # best first
    truth: Truth | None = None
    ended: bool = True  # False while the lines grow


def model_of(store: Store) -> Seq2Seq:
    """The couplet network; NotFoundError when the checkpoint holds another kind."""
    return loaded(store, COUPLETS, Seq2Seq)


def rule_of(model: Seq2Seq, prosody: Prosody, request: Pair, upper: str, tokens: list[int]) -> Allowed:
    """What may stand in the lower line."""
    characters = model.config.characters
    pattern = pattern_of(request, upper) if request.tones == "pattern" else ""
    asked = asked_tones(upper, prosody.pattern(upper), request.tones, pattern)
    mask = None if asked is None else tone_mask(asked, prosody.pattern(characters))
    return pairing(tokens, words(characters), request.repeats, mask)


def tone_mask(asked: str, tones: str) -> Tensor:
    """Tones asked of every place, tones of all characters -> mask (S, V), True where a character may stand."""
    rows = {one: torch.tensor([has_tone(one, tone) for tone in tones]) for one in set(asked)}
    return torch.stack([rows[one] for one in asked])


def search(model: Seq2Seq, request: Pair, tokens: list[int], rule: Allowed) -> Iterator[list[Line]]:
    """The lines after every character, best first."""
    step = Writer(model, torch.tensor([tokens]))
    if request.way == "beam":
        yield from beam(step, request.beam, len(tokens), START, allowed=rule)
        return
    generator, how = torch.Generator().manual_seed(request.seed), Sampling(request.temperature)
    count = TRIES * request.lines
    for lines in drawn(step, count, len(tokens), START, how=how, generator=generator, allowed=rule):
        yield list({line.tokens: line for line in lines}.values())


def spread(lines: Sequence[Line], count: int, apart: int) -> list[Line]:
    """The first `count` lines that differ from each one before in so many places."""
    kept: list[Line] = []
    for line in lines:
        if all(sum(a != b for a, b in zip(line.tokens, other.tokens, strict=True)) >= apart for other in kept):
            kept.append(line)
        if len(kept) == count:
            break
    return kept


def chosen(lines: list[Line], request: Pair, ended: bool) -> list[Line]:
    """The lines that are shown. Of drawn ones those that came first, so that chance decides, not rank."""
    kept = spread(lines, request.lines, min(request.apart, len(lines[0].tokens)) if ended else 1)
    return sorted(kept, key=lambda line: -line.score)


@cache
def prosody() -> Prosody:
    """Tones of characters, as they ship."""
    return Prosody.read(ASSETS)


@torch.inference_mode()
def pair(store: Store, request: Pair) -> Iterator[Step[Answered]]:
    """Yield the lines after every character; the last step has their probabilities and alignment."""
    model = model_of(store)
    table = Characters(model.config.characters)
    upper = upper_line(request, model.config.characters)
    tokens = table.encode(upper)
    rule = rule_of(model, prosody(), request, upper, tokens)
    tones, judged, total = prosody().pattern(upper), judged_places(upper), len(tokens) + 1
    lines: list[Line] = []
    for done, lines in enumerate(search(model, request, tokens, rule), 1):
        growing = chosen(lines, request, ended=False)
        begun = tuple(Reply(table.decode(line.tokens), -line.score / done) for line in growing)
        yield Step(done, total, Answered(upper, tones, judged, begun, ended=False))
    if not lines or len(lines[0].tokens) < len(tokens):
        raise BadRequestError("no_pair")
    found = chosen(lines, request, ended=True)
    whole = tuple(replies(model, upper, [table.decode(line.tokens) for line in found]))
    yield Step(total, total, Answered(upper, tones, judged, whole, truth(model, upper, lines)))


def replies(model: Seq2Seq, upper: str, lower: Sequence[str]) -> Iterator[Reply]:
    """What the model thinks of whole lines, and who looked at whom."""
    table = Characters(model.config.characters)
    over = torch.tensor([table.encode(upper)]).expand(len(lower), -1)
    under = torch.tensor([table.encode(line) for line in lower])  # (N, S)
    given = torch.cat([torch.full_like(under[:, :1], START), under[:, :-1]], 1)
    p = model(over, given).float().softmax(2).gather(2, under[:, :, None])[:, :, 0]  # (N, S)
    looked = (255 * model.alignment(over, given)).round().to(torch.uint8).cpu().numpy()  # (L, N, H, S, S)
    for i, line in enumerate(lower):
        cost = -p[i].clamp_min(1e-30).log().mean().item()
        tones = prosody().pattern(line)
        agree = agreement(upper, prosody().pattern(upper), tones)
        yield Reply(line, cost, tuple(p[i].tolist()), tones, agree, looked[:, i])


def truth(model: Seq2Seq, upper: str, lines: Sequence[Line]) -> Truth | None:
    """The line that is known to answer, where it is known and the model can read it."""
    known = KNOWN.get(upper)
    if known is None or Characters(model.config.characters).unknown(known):
        return None
    reply = next(replies(model, upper, [known]))
    better = sum(-line.score / len(upper) < reply.cost for line in lines)
    return Truth(reply, NUMBERS[upper], better)


# as it is looked at, told and saved


def answer_value(request: Pair, answered: Answered) -> Json:
    """All lower lines, the alignment of every head as bytes in base64; see ui/tabs/seq2seq/couplet.js."""
    whole = next((reply.looked for reply in answered.replies if reply.looked is not None), None)
    known = answered.truth
    return {
        "upper": answered.upper,
        "tones": answered.tones,
        "judged": list(answered.judged),
        "layers": 0 if whole is None else whole.shape[0],
        "heads": 0 if whole is None else whole.shape[1],
        "replies": [reply_value(reply) for reply in answered.replies],
        "truth": known and {"reply": reply_value(known.reply), "source": known.source, "better": known.better},
        "ended": answered.ended,
    }


def reply_value(reply: Reply) -> Json:
    value: Json = {"text": reply.text, "cost": round(reply.cost, 3)}
    if reply.looked is not None:
        looked = base64.b64encode(reply.looked.tobytes()).decode()
        p = [float(f"{share:.3g}") for share in reply.p]
        value |= {"p": p, "tones": reply.tones, "agree": list(reply.agree), "looked": looked}
    return value


def numbers(request: Pair, answered: Answered) -> Json:
    """The lower lines, best first, with cost, probabilities and tones; what the poet wrote, where that is known."""
    value = answer_value(request, answered)
    lines = [value["truth"]["reply"]] if value["truth"] else []
    for line in [*value["replies"], *lines]:
        line.pop("looked", None)
    return {name: value[name] for name in ("upper", "tones", "judged", "replies", "truth")}


def document(request: Pair, run: Sequence[Answered]) -> Document:
    """The upper line, the lower lines tinted by probability, what each costs."""
    parts = [Part(f"{run[-1].upper}\n", given=True)]
    for place, reply in enumerate(run[-1].replies, 1):
        for character, p in zip(reply.text, reply.p, strict=True):
            parts.append(Part(character, p=p, note=f"p = {100 * p:.3g} %"))
        parts.append(Part(f"    {place}   {reply.cost:.2f} nats   {reply.tones}\n", given=True))
    return Document(TITLE, tuple(parts))


def card(store: Store) -> Json:
    """Couplets that the card of the landing page types."""
    found = []
    for upper in list(KNOWN)[:TYPED]:
        *_, last = pair(store, Pair(upper=upper))
        best = last.value.replies[0]
        alignment = np.asarray(best.looked).mean((0, 1)) / 255  # (S, S)
        found.append({"upper": upper, "lower": best.text, "alignment": alignment.round(2).tolist()})
    return {"couplets": found}


USE_CASE: UseCase[Pair, Answered] = UseCase(
    run=pair,
    page=each(answer_value),
    numbers=numbers,
    file=document,
    formats=TEXT,
    checkpoints=lambda request: (COUPLETS,),
    first=Pair(),
    card=card,
    warm=Pair(),
)
