"""What a visitor waits for on our pages, and what a visitor costs the server: page_build, page_turn, page_growth.

The ratio is ours by that of the build that had one page for all families; each further figure stands beside its limit.
Each part may be run by its own name. Needs requirements-test.txt.
"""

from benchmarks import page_build, page_growth, page_turn
from benchmarks.measure import Result


def run(rounds: int = 5) -> Result:
    build, turn, growth = (part.run(rounds) for part in (page_build, page_turn, page_growth))
    more = [*build.more, *turn.more, *growth.more]
    return Result("page_load", build.unit, build.ours, build.peer, build.ratio, build.limit, build.runs, more)
