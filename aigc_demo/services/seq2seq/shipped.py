"""Make what ships with the couplet tab, so that every inner tab shows something real before any click.

    python -m aigc_demo.services.seq2seq.shipped             everything
    python -m aigc_demo.services.seq2seq.shipped training    some of it

Run it after new weights; assets/examples/ then holds

    seq2seq-couplets-pair.json        what Pair() gives
    seq2seq-couplets-beside.json      what Beside() gives
    seq2seq-couplets-training.json    the answers of the time machine, out of runs/seq2seq-couplets
    seq2seq-typed.json                the couplets that the card of the landing view types
"""

import argparse
import json
import logging
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import UserError
from aigc_demo.services.seq2seq.checkpoints import COUPLETS
from aigc_demo.services.seq2seq.famous import KNOWN
from aigc_demo.services.seq2seq.plain import answer_value, sides_value
from aigc_demo.services.seq2seq.requests import Beside, Pair
from aigc_demo.services.seq2seq.service import Seq2SeqService, create

logger = logging.getLogger(__name__)
RUN = Path("runs") / COUPLETS
TYPED = 3  # couplets of the card


def pair(service: Seq2SeqService, folder: Path) -> None:
    """The first answer."""
    request = Pair()
    *_, last = service.pair(request)
    save(folder / f"{COUPLETS}-pair.json", {"answer": answer_value(last.value), **facts(service, request)})


def beside(service: Seq2SeqService, folder: Path) -> None:
    """The first comparison."""
    request = Beside()
    made = service.beside(request)
    value = {"sides": sides_value(made), "layers": made.layers, "first": made.first}
    save(folder / f"{COUPLETS}-beside.json", {**value, **facts(service, request)})


def training(service: Seq2SeqService, folder: Path) -> None:
    """What the training kept of itself."""
    moments = [json.loads(line) for line in (RUN / "answers.jsonl").read_text("utf-8").splitlines()]
    for moment in moments:
        moment |= {"minutes": round(moment["minutes"], 2), "held_out": round(moment["held_out"], 4)}
    save(folder / f"{COUPLETS}-training.json", {"moments": moments, **service.facts()})


def typed(service: Seq2SeqService, folder: Path) -> None:
    """A few couplets for the landing view."""
    found = []
    for upper in list(KNOWN)[:TYPED]:
        *_, last = service.pair(Pair(upper=upper))
        best = last.value.replies[0]
        looked = np.asarray(best.looked).mean((0, 1)) / 255  # (S, S)
        found.append({"upper": upper, "lower": best.text, "alignment": looked.round(2).tolist()})
    save(folder / "seq2seq-typed.json", {"couplets": found})


def facts(service: Seq2SeqService, request: Any) -> dict[str, Any]:
    """What belongs to a result."""
    weights = {"checkpoint": COUPLETS, "sha256": service.store.sha256(COUPLETS)}
    return {**weights, **service.facts(), "values": asdict(request), "seed": None}


def save(path: Path, value: dict[str, Any]) -> None:
    """A value as a line of JSON."""
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    makers: dict[str, Callable[[Seq2SeqService, Path], None]] = {
        "pair": pair,
        "beside": beside,
        "training": training,
        "typed": typed,
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help=f"what to make; by default everything: {', '.join(makers)}")
    names = parser.parse_args().names or list(makers)
    if unknown := set(names) - set(makers):
        parser.error(f"there is no {', '.join(unknown)}")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    store = Store(device="cpu")
    service = create(store)
    for name in names:
        try:
            makers[name](service, Path(store.assets) / "examples")
            logger.info("%s: made", name)
        except (UserError, OSError) as error:
            logger.warning("%s: %s", name, error)


if __name__ == "__main__":
    main()
