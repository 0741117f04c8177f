"""16 people who have a text written at the same time, against the same 16 one after the other.

The peer is ourselves, one request at a time, as the ratio shows what it is worth that equal work is computed together.
"""

from benchmarks.drawing_together import Made, at_once, service
from benchmarks.measure import Result

PEOPLE, TOKENS = 16, 200


def run(rounds: int = 3) -> Result:
    found = service()

    def text(person: int) -> str:
        written: str = found.result(
            "gpt_write", {"seed": person, "length": TOKENS, "prompt": "ROMEO:\n"[person % 5 :]}
        ).text
        return written

    def told(made: Made) -> dict[str, int]:
        return {"tokens": TOKENS, "equal_texts": sum(a == b for a, b in zip(made["ours"], made["peer"], strict=True))}

    return at_once("writing_together", "ms per text", 3.0, PEOPLE, text, told, rounds)
