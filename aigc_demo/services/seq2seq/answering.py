"""Lower lines to an upper line: found by a beam or drawn by chance, under the rules that were asked for.

S characters of a line, V vocabulary, N lines, L layers, H heads.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from aigc_demo.core.errors import BadRequestError, NotFoundError
from aigc_demo.core.params import short
from aigc_demo.core.steps import Step
from aigc_demo.data.characters import Characters
from aigc_demo.data.opposition import agreement, asked_tones, has_tone, judged_places
from aigc_demo.data.prosody import Prosody
from aigc_demo.models.seq2seq import START, Seq2Seq, Writer
from aigc_demo.sampling.beam import Allowed, Line, beam, drawn
from aigc_demo.sampling.pairing import pairing, words
from aigc_demo.sampling.tokens import Sampling
from aigc_demo.services.seq2seq.checkpoints import COUPLETS
from aigc_demo.services.seq2seq.famous import KNOWN, NUMBERS
from aigc_demo.services.seq2seq.reading import pattern_of, upper_line
from aigc_demo.services.seq2seq.requests import Pair
from aigc_demo.services.seq2seq.results import Answered, Reply, Truth

if TYPE_CHECKING:
    from aigc_demo.checkpoints.store import Store

TRIES = 4  # lines that are drawn for each that is asked, since some come out alike


def model_of(store: "Store") -> Seq2Seq:
    """The network."""
    model = store.load(COUPLETS)
    if not isinstance(model, Seq2Seq):
        raise NotFoundError("unknown_checkpoint", name=short(COUPLETS))
    return model


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


class Answering:
    """The part of the service that pairs lines."""

    store: "Store"
    prosody: Prosody

    @torch.inference_mode()
    def pair(self, request: Pair) -> Iterator[Step[Answered]]:
        """Yield the lines after every character; the last step has their probabilities and alignment."""
        model = model_of(self.store)
        table = Characters(model.config.characters)
        upper = upper_line(request, model.config.characters)
        tokens = table.encode(upper)
        rule = rule_of(model, self.prosody, request, upper, tokens)
        tones, judged, total = self.prosody.pattern(upper), judged_places(upper), len(tokens) + 1
        lines: list[Line] = []
        for done, lines in enumerate(search(model, request, tokens, rule), 1):
            growing = chosen(lines, request, ended=False)
            replies = tuple(Reply(table.decode(line.tokens), -line.score / done) for line in growing)
            yield Step(done, total, Answered(upper, tones, judged, replies, ended=False))
        if not lines or len(lines[0].tokens) < len(tokens):
            raise BadRequestError("no_pair")
        found = chosen(lines, request, ended=True)
        replies = tuple(self.replies(model, upper, [table.decode(line.tokens) for line in found]))
        yield Step(total, total, Answered(upper, tones, judged, replies, self.truth(model, upper, lines)))

    def replies(self, model: Seq2Seq, upper: str, lower: Sequence[str]) -> Iterator[Reply]:
        """What the model thinks of whole lines, and who looked at whom."""
        table = Characters(model.config.characters)
        over = torch.tensor([table.encode(upper)]).expand(len(lower), -1)
        under = torch.tensor([table.encode(line) for line in lower])  # (N, S)
        given = torch.cat([torch.full_like(under[:, :1], START), under[:, :-1]], 1)
        p = model(over, given).float().softmax(2).gather(2, under[:, :, None])[:, :, 0]  # (N, S)
        looked = (255 * model.alignment(over, given)).round().to(torch.uint8).cpu().numpy()  # (L, N, H, S, S)
        for i, line in enumerate(lower):
            cost = -p[i].clamp_min(1e-30).log().mean().item()
            tones = self.prosody.pattern(line)
            agree = agreement(upper, self.prosody.pattern(upper), tones)
            yield Reply(line, cost, tuple(p[i].tolist()), tones, agree, looked[:, i])

    def truth(self, model: Seq2Seq, upper: str, lines: Sequence[Line]) -> Truth | None:
        """The line that is known to answer, where it is known and the model can read it."""
        known = KNOWN.get(upper)
        if known is None or Characters(model.config.characters).unknown(known):
            return None
        reply = next(self.replies(model, upper, [known]))
        better = sum(-line.score / len(upper) < reply.cost for line in lines)
        return Truth(reply, NUMBERS[upper], better)
