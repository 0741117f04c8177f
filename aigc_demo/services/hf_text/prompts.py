"""What is sent to a model: conversations as tokens, fitted into the context, and the wording of each task.

SmolLM2 reads conversations as ChatML: <|im_start|>role, a new line, the text, <|im_end|>, a new line. The marks are put
in as tokens, so that no text, whatever it says, can end its own turn.
"""

from collections.abc import Callable, Sequence
from typing import Any

from aigc_demo.core.errors import BadRequestError
from aigc_demo.pipelines.text_folder import Words
from aigc_demo.services.hf_text.requests import Ask, Beside, Chat, Message, Summarise, Translate

Encode = Callable[[Sequence[Message]], list[int]]
SHOWN = {  # a translation that is shown before one is asked for: a small model needs an example
    "text": "Good morning, my friends. The house is big.",
    "french": "Bonjour, mes amis. La maison est grande.",
    "german": "Guten Morgen, meine Freunde. Das Haus ist groß.",
    "spanish": "Buenos días, mis amigos. La casa es grande.",
    "italian": "Buongiorno, amici miei. La casa è grande.",
    "english": "Good morning, my friends. The house is big.",
    "chinese": "朋友们，早上好。房子很大。",
}


def chat_tokens(words: Words, messages: Sequence[Message]) -> list[int]:
    """A conversation, up to where the model is to speak, as SmolLM2 reads it."""
    begin, end = words.special("<|im_start|>"), words.special("<|im_end|>")
    if begin is None or end is None:  # a model without turns: the text as it is
        return words.encode("\n\n".join(text for _, text in messages))
    line = words.encode("\n")
    found: list[int] = []
    for role, text in messages:
        found += [begin, *words.encode(f"{role}\n{text}"), end, *line]
    return [*found, begin, *words.encode("assistant\n")]


def fitted(encode: Encode, messages: Sequence[Message], room: int, start: bool = False) -> tuple[list[int], int]:
    """As many of the last turns as fit into `room` tokens -> their tokens, and how many were left out.

    The system prompt stays; of a last message that is too long by itself, the beginning is left out,
    or the end: `start` says that it begins with what matters.
    """
    whole = encode(messages)
    if len(whole) <= room:
        return whole, 0
    system = [message for message in messages if message[0] == "system"][:1]
    turns = [message for message in messages if message[0] != "system"]
    while len(turns) > 1:
        turns = turns[1:]
        if turns[0][0] == "user" and len(found := encode([*system, *turns])) <= room:
            return found, len(whole) - len(found)
    role, text = turns[-1]
    low, high = 0, len(text)  # characters that stay: the most that fit

    def kept(size: int) -> str:
        return text[:size] if start else text[len(text) - size :]

    while low < high:
        middle = (low + high + 1) // 2
        if len(encode([*system, (role, kept(middle))])) <= room:
            low = middle
        else:
            high = middle - 1
    found = encode([*system, (role, kept(low))])[-room:]
    return found, len(whole) - len(found)


def wanted(text: str) -> str:
    """A text that says something; BadRequestError if it is blank."""
    if not text.strip():
        raise BadRequestError("empty_prompt")
    return text


def messages(request: Any, before: Sequence[Message] = ()) -> list[Message]:
    """The conversation that a request asks for."""
    if isinstance(request, Chat):
        system = [("system", request.system)] if request.system.strip() else []
        return [*system, *before, ("user", wanted(request.message))]
    if isinstance(request, Summarise):
        count = "one sentence" if request.sentences == 1 else f"{request.sentences} sentences"
        task = f"Summarize the following text in {count}. Answer with the summary only."
        return [("user", f"{task}\n\n{wanted(request.text)}")]
    if isinstance(request, Ask):
        text, question = wanted(request.context), wanted(request.query)
        return [("user", f"{text}\n\nAnswer this question by the text above, in one sentence: {question}")]
    if isinstance(request, Translate):
        task = f"Translate into {request.language.capitalize()}:"
        shown = [("user", f"{task} {SHOWN['text']}"), ("assistant", SHOWN[request.language])]
        return [*shown, ("user", f"{task} {wanted(request.text)}")]
    if isinstance(request, Beside):
        return [("user", wanted(request.prompt))]
    raise TypeError(type(request).__name__)


def encoder_text(request: Any, prefixes: dict[str, str]) -> str:
    """What a model with an encoder reads: the text, after the words that its config asks for."""
    if isinstance(request, Summarise):
        return prefixes.get("summarization", "") + wanted(request.text)
    if isinstance(request, Translate):
        return prefixes.get("translation", "") + wanted(request.text)
    if isinstance(request, Ask):
        return f"question: {wanted(request.query)} context: {wanted(request.context)}"
    return messages(request)[-1][1]
