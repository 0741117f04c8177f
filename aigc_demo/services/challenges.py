"""Challenges: something to reach with the controls of a tab, checked by doing once more what the controls ask for.

`services/<family>/challenges.py` has CHALLENGES: key of the task's text -> Challenge. The page checks one on "Check";
tests/test_challenges.py shows for every one that its beginning does not reach it, and that something else does.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.core.params import Request
from aigc_demo.core.steps import Step
from aigc_demo.services.experiments import of_family, use_case_of
from aigc_demo.services.service import Service


@dataclass(frozen=True)
class Attempt:
    """What came of a try."""

    reached: bool
    score: float  # text <key>_score says what it counts
    measures: Mapping[str, float] = field(default_factory=dict)  # texts experiment.<name> say what each number is


@dataclass(frozen=True)
class Challenge:
    """start: what the controls are set to. look: (store, request, result) -> Attempt. fewer: whether a smaller score is
    the better one. solved: a request that reaches it. moments: whether what is there on the way counts, too."""

    start: Request
    look: Callable[[Store, Any, Any], Attempt]
    solved: Request
    fewer: bool = True
    moments: bool = False


def challenges_of(family: str) -> dict[str, Challenge]:
    """Key of a task -> its challenge; none for a family without a file of them."""
    return of_family(family, "challenges")


def attempt(service: Service, challenge: Challenge, request: Request) -> Iterator[Step[Attempt | None]]:
    """Run a request and look at what came of it; progress on the way, the Attempt at the end."""
    result, found, step = None, None, Step[Any](1, 1, None)
    for step in service.run(use_case_of(challenge.start), request):
        result = step.value if step.value is not None else result
        if challenge.moments and result is not None and (found is None or not found.reached):
            found = challenge.look(service.store, request, result)
        if step.done < step.total:
            yield Step(step.done, step.total, None)
    if found is None or not found.reached:
        found = challenge.look(service.store, request, result)
    yield Step(step.total, step.total, found)
