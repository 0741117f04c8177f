"""Answer a message of a conversation. The conversation travels with each message and stays nowhere."""

from dataclasses import replace
from typing import Any

from aigc_demo.checkpoints.store import Store
from aigc_demo.services.hf_text.answers import Answering, Said, answered, spoken, task
from aigc_demo.services.hf_text.models import models
from aigc_demo.services.hf_text.requests import Chat, read, written
from aigc_demo.services.use_case import Json, UseCase

ANSWER = (  # to the default message, as SmolLM2 gave it
    "The capital of France is Paris. Paris is a city renowned for its historical landmarks, art, architecture, "
    "culture, fashion, gastronomy, and the Eiffel Tower. It is also a major international center for finance, "
    "culture, fashion, gastronomy, and the arts."
)
FIRST = Chat(
    message="And what should I eat there? Answer in one sentence.",
    history=written([("user", Chat().message), ("assistant", ANSWER)]),
)


def chat(store: Store, request: Chat, shown: Any = None) -> Answering:
    """Yield the answer as it grows. `shown`: the conversation on the page, which is nobody's while a recorded one."""
    own = isinstance(shown, dict) and not shown.get("cached")
    yield from answered(models(), request, [*read(request.history), *(spoken(shown) if own else [])])


def card(store: Store) -> Json:
    """The last question of the first result and its answer, which the landing view types."""
    *_, last = chat(store, FIRST)
    return {"typed": {"prompt": f"{FIRST.message}\n", "text": last.value.text if last.value else ""}, "panes": []}


USE_CASE: UseCase[Chat, Said] = replace(task(FIRST), run=chat, card=card)
