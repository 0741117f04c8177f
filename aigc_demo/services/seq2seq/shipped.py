"""Make what ships with the couplet tab, so that every inner tab shows something real before any click.

    python -m aigc_demo.services.seq2seq.shipped             everything
    python -m aigc_demo.services.seq2seq.shipped training    some of it

Run it after new weights; assets/examples/ then holds

    seq2seq-couplets-pair.json        what Pair() gives
    seq2seq-couplets-beside.json      what Beside() gives
    seq2seq-couplets-training.json    the answers of the time machine, out of runs/seq2seq-couplets
    seq2seq-typed.json                the couplets that the card of the landing view types
"""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from aigc_demo.services.seq2seq.checkpoints import COUPLETS
from aigc_demo.services.seq2seq.famous import KNOWN
from aigc_demo.services.seq2seq.plain import answer_value, sides_value
from aigc_demo.services.seq2seq.requests import Beside, Pair
from aigc_demo.services.seq2seq.service import Seq2SeqService, create
from aigc_demo.services.shipping import make, write

RUN = Path("runs") / COUPLETS
TYPED = 3  # couplets of the card


def pair(service: Seq2SeqService, folder: Path) -> None:
    """The first answer."""
    request = Pair()
    *_, last = service.pair(request)
    write(folder / f"{COUPLETS}-pair.json", {"answer": answer_value(last.value), **facts(service, request)})


def beside(service: Seq2SeqService, folder: Path) -> None:
    """The first comparison."""
    request = Beside()
    made = service.beside(request)
    value = {"sides": sides_value(made), "layers": made.layers, "first": made.first}
    write(folder / f"{COUPLETS}-beside.json", {**value, **facts(service, request)})


def training(service: Seq2SeqService, folder: Path) -> None:
    """What the training kept of itself."""
    moments = [json.loads(line) for line in (RUN / "answers.jsonl").read_text("utf-8").splitlines()]
    for moment in moments:
        moment |= {"minutes": round(moment["minutes"], 2), "held_out": round(moment["held_out"], 4)}
    write(folder / f"{COUPLETS}-training.json", {"moments": moments, **service.facts()})


def typed(service: Seq2SeqService, folder: Path) -> None:
    """A few couplets for the landing view."""
    found = []
    for upper in list(KNOWN)[:TYPED]:
        *_, last = service.pair(Pair(upper=upper))
        best = last.value.replies[0]
        looked = np.asarray(best.looked).mean((0, 1)) / 255  # (S, S)
        found.append({"upper": upper, "lower": best.text, "alignment": looked.round(2).tolist()})
    write(folder / "seq2seq-typed.json", {"couplets": found})


def facts(service: Seq2SeqService, request: Any) -> dict[str, Any]:
    """What belongs to a result."""
    weights = {"checkpoint": COUPLETS, "sha256": service.store.sha256(COUPLETS)}
    return {**weights, **service.facts(), "values": asdict(request), "seed": None}


def main() -> None:
    makers: dict[str, Callable[[Seq2SeqService, Path], None]] = {
        "pair": pair,
        "beside": beside,
        "training": training,
        "typed": typed,
    }
    make(__doc__, makers, create)


if __name__ == "__main__":
    main()
