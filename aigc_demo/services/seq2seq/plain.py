"""Results as the page takes them: JSON, with the alignment of every head as bytes in base64; see static/couplet.js.

{"upper": "...", "tones": "...", "judged": [1, 3], "layers": 3, "heads": 6, "ended": true,
 "replies": [{"text", "cost", "p", "tones", "agree", "looked"}, ...],
 "truth": {"reply": {...}, "source": 0, "better": 12} or null}
"""

import base64
from dataclasses import asdict
from typing import Any

from aigc_demo.services.seq2seq.results import Answered, BesideLibrary, Reply


def reply_value(reply: Reply) -> dict[str, Any]:
    """A lower line."""
    found: dict[str, Any] = {"text": reply.text, "cost": round(reply.cost, 3)}
    if reply.looked is not None:
        looked = base64.b64encode(reply.looked.tobytes()).decode()
        p = [float(f"{share:.3g}") for share in reply.p]
        found |= {"p": p, "tones": reply.tones, "agree": list(reply.agree), "looked": looked}
    return found


def answer_value(answered: Answered) -> dict[str, Any]:
    """All lower lines."""
    whole = next((reply.looked for reply in answered.replies if reply.looked is not None), None)
    truth = answered.truth
    return {
        "upper": answered.upper,
        "tones": answered.tones,
        "judged": list(answered.judged),
        "layers": 0 if whole is None else whole.shape[0],
        "heads": 0 if whole is None else whole.shape[1],
        "replies": [reply_value(reply) for reply in answered.replies],
        "truth": truth and {"reply": reply_value(truth.reply), "source": truth.source, "better": truth.better},
        "ended": answered.ended,
    }


def sides_value(made: BesideLibrary) -> dict[str, Any]:
    """What both implementations wrote."""
    return {"ours": asdict(made.ours), "theirs": asdict(made.theirs), "kind": made.kind, "same": made.same}
