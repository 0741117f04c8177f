"""The time machine of the couplets: what three upper lines were answered at moments of a training.

    python -m aigc_demo.training.seq2seq_snapshots

Reads runs/seq2seq-couplets/answers.jsonl, writes assets/examples/seq2seq-couplets-training.json.
"""

import json
from pathlib import Path

from aigc_demo.checkpoints import catalogue

COUPLETS = "seq2seq-couplets"


def main(run: Path = Path("runs") / COUPLETS, folder: Path = catalogue.ASSETS / "examples") -> None:
    """Round the minutes and costs, and add the number of weights."""
    moments = [json.loads(line) for line in (run / "answers.jsonl").read_text("utf-8").splitlines()]
    for moment in moments:
        moment |= {"minutes": round(moment["minutes"], 2), "held_out": round(moment["held_out"], 4)}
    value = {"moments": moments, "device": "CPU", "parameters": catalogue.checkpoint(COUPLETS).parameters}
    (folder / f"{COUPLETS}-training.json").write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
