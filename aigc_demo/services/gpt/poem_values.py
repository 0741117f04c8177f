"""A poem as static/verse.js draws it: plain JSON, small enough to be sent whole after every burst of characters."""

from typing import Any

from aigc_demo.services.gpt.results import Composed


def poem(made: Composed) -> dict[str, Any]:
    """A character is [text, given, p, tone, rhyme, opposed], see results.Sign."""
    lines = [
        [[sign.text, int(sign.given), float(f"{sign.p:.3g}"), sign.tone, sign.rhyme, sign.opposed] for sign in line]
        for line in made.lines
    ]
    return {
        "text": "\n".join("".join(sign.text for sign in line) for line in made.lines),
        "title": made.title,
        "cut": made.cut,
        "width": made.width,
        "count": made.count,
        "lines": lines,
        "ended": made.ended,
        "right": made.right,
    }
