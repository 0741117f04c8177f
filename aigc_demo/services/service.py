"""Everything that can be asked, by name: run, stream to a page, answer a program, save, write down as Python.

service = Service()
*_, step = service.answer("diffusion_draw", {"digit": 7, "steps": 20}, "png")
step.value.file, step.value.result
"""

import dataclasses
import json
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any
from weakref import WeakKeyDictionary

from aigc_demo.checkpoints.store import Store, anonymous
from aigc_demo.core import shared_gpu
from aigc_demo.core.card import VERSION, Card
from aigc_demo.core.errors import BadRequestError, sentences
from aigc_demo.core.params import Request, build, short
from aigc_demo.core.steps import Step, timed
from aigc_demo.services.kept import Kept
from aigc_demo.services.replicas import Replicas
from aigc_demo.services.use_case import Json, UseCase, find, request_class

EXAMPLES = "aigc_demo.examples"  # programs with a line that a request replaces
REQUEST = "REQUEST = "
CARRIED = 12_000  # characters of a text that a run card carries: the most that a box of a text takes
OURS = "NAME, FORMAT, REQUEST = "
WIDTH = 70  # characters of a request on one line


@dataclass(frozen=True)
class Answer:
    name: str  # of the file
    file: bytes
    result: Json  # numbers of the result, seed, milliseconds, device, parameters, card


class Service:
    """All use cases over the checkpoints of a store. replicas: where long work is done, if not here."""

    def __init__(self, store: Store | None = None, replicas: Replicas | None = None):
        self.store = store or Store()
        self.replicas = replicas
        self.kept = Kept()
        here = shared_gpu.is_here()
        self._lent = {queue: self._lend(seconds) for queue, seconds in shared_gpu.SECONDS.items() if here}

    def request(self, name: str, values: Request | Mapping[str, Any]) -> Request:
        """The request of a use case from loose values; BadRequestError says what is wrong with one."""
        return values if isinstance(values, Request) else build(request_class(name), values)

    def run(self, name: str, request: Request | Mapping[str, Any], *state: Any) -> Iterator[Step[Any]]:
        """Results of a use case as its module documents them; work that is done at once is a single step.

        `state` is what the page keeps of a person between two runs, for the few use cases that go on from it.
        """
        yield from self._steps(name, self.request(name, request), *state)

    def result(self, name: str, request: Request | Mapping[str, Any]) -> Any:
        """The last result of a run."""
        value = None
        for step in self.run(name, request):
            value = step.value if step.value is not None else value
        return value

    def stream(self, name: str, request: Request, *state: Any) -> Iterator[Step[Json | None]]:
        """A run as the page draws it: JSON, in which `bytes` are PNG files."""
        use_case = find(name)
        value, notes = None, list[str]()
        for step in use_case.page(request, noted(self._steps(name, request, *state), notes)):
            value = step.value if step.value is not None else value
            yield dataclasses.replace(step, note=notes.pop()) if notes else step
        self.kept.put(self._key(name, request, "page"), value)

    def known(self, name: str, request: Request) -> Json | None:
        """What `stream` ended with when the same was asked before, where that is still kept."""
        return self.kept.get(self._key(name, request, "page"))

    def answer(
        self, name: str, request: Request | Mapping[str, Any], format: str = ""
    ) -> Iterator[Step[Answer | Json | None]]:
        """A run as a program reads it: what is known so far as JSON, an Answer with the last step.

        "cached" in its result says that it was made before, "note" what happened on the way.
        """
        use_case, asked = find(name), self.request(name, request)
        kind = self.format(use_case, format)
        key = self._key(name, asked, kind)
        known: Answer | None = self.kept.get(key)
        if known is not None:
            yield Step(1, 1, dataclasses.replace(known, result={**known.result, "cached": True}))
            return
        results, spent, done, note = [], 0.0, 0, ""
        for step, milliseconds in timed(self._steps(name, asked)):
            done, spent, note = step.done, milliseconds, step.note or note
            if step.value is not None:
                results.append(step.value)
            yield Step(step.done, step.total + 1, None if step.value is None else use_case.numbers(asked, step.value))
        told = use_case.numbers(asked, results[-1]) if results else {}
        card = self.card(name, asked)
        facts = {**told, **self.facts(name, asked), "milliseconds": round(spent, 1)}
        file = self._file(use_case, asked, results, kind, card)
        made = Answer(file_name(name, asked, kind), file, {**facts, "card": as_json(card)})
        self.kept.put(key, made)
        told = {**made.result, "note": sentences()[note]} if note else made.result
        yield Step(done + 1, done + 1, dataclasses.replace(made, result=told))

    def save(self, name: str, request: Request, format: str, *state: Any) -> Iterator[Step[bytes | None]]:
        """The result as a file that carries its run card, with the last step.

        It is made again, as a seed fixes it; a use case whose result hangs on `state` saves what is shown.
        """
        use_case = find(name)
        kind = self.format(use_case, format)
        card = self.card(name, request)
        results, total = [], 0
        if not (kind == "json" and "txt" not in use_case.formats):  # of pictures, that is the card alone
            shown = use_case.shown if state else None
            for step in as_steps(shown(self.store, request, *state) if shown else self._steps(name, request, *state)):
                total = step.total
                if step.value is not None:
                    results.append(step.value)
                yield Step(step.done, step.total + 1, None)
        yield Step(total + 1, total + 1, self._file(use_case, request, results, kind, card))

    def format(self, use_case: UseCase[Any, Any], format: str) -> str:
        """The format of a file; empty: the first of the use case."""
        kind = use_case.formats[0] if format == "" else format
        if kind not in use_case.formats:
            raise BadRequestError("choice", field="format", options=", ".join(use_case.formats), value=short(format))
        return kind

    def card(self, name: str, request: Request) -> Card:
        """The run card of a request; the only place that builds one."""
        import torch

        use_case = find(name)
        known = use_case.checkpoints(request)
        versions = {"aigc_demo": VERSION, "python": platform.python_version(), "torch": torch.__version__}
        used = known[0] if known else ""
        values = carried(card_values(use_case, request))
        return Card(name, values, anonymous(used), self.store.sha256(used) if used else "", versions)

    def facts(self, name: str, request: Request) -> Json:
        """What a badge says of a result: device, number of weights, seed."""
        from aigc_demo.pipelines.engine import PYTORCH  # here, since a page is served without torch
        from aigc_demo.services.engines import engine_of

        use_case = find(name)
        if self.replicas and self.replicas.take(use_case, request):
            return self.replicas.facts(name, request)
        own = shared_gpu.DEVICE if request.queue in self._lent else self.store.device
        device, engine = use_case.device or own.upper(), PYTORCH
        if use_case.parameters is not None:
            parameters = use_case.parameters(self.store, request)
        else:
            models = [self.store.load(checkpoint) for checkpoint in use_case.checkpoints(request)]
            engine = engine_of(models) if use_case.any_engine else PYTORCH
            parameters = sum(map(size, models))
        seed = next((value for name, value in vars(request).items() if f"{name}_".startswith("seed_")), None)
        shown = device if engine == PYTORCH else f"{device} · {engine}"
        return {"device": shown, "parameters": parameters, "seed": seed}

    def python(self, name: str, request: Request) -> tuple[str, str]:
        """The request as two programs: with this project, and without its networks ("" where there is none)."""
        use_case = find(name)
        values = card_values(use_case, request)
        other = use_case.library(request) if use_case.library else f"{name}_library"
        kind = next((kind for kind in ("txt", "png", "wav") if kind in use_case.formats), use_case.formats[0])
        ours = replaced(example("ours"), OURS, f'{OURS}"{name}", "{kind}", {literal(values)}')
        return ours, replaced(example(other), REQUEST, f"{REQUEST}{literal(values)}")

    def _key(self, name: str, request: Request, form: str) -> tuple[Any, ...] | None:
        """What an answer hangs on: all values of the request, a drawing as a whole among them, and the weights."""
        use_case = find(name)
        if not use_case.kept:
            return None
        return name, form, request, *(self.store.sha256(checkpoint) for checkpoint in use_case.checkpoints(request))

    def _steps(self, name: str, request: Request, *state: Any) -> Iterator[Step[Any]]:
        use_case = find(name)
        if self.replicas and not state and self.replicas.take(use_case, request):
            yield from self.replicas.steps(name, request)
            return
        # one that names its device stays there
        lent = None if state or use_case.device else self._lent.get(request.queue)
        yield from lent(name, request) if lent else as_steps(use_case.run(self.store, request, *state))

    def _lend(self, seconds: int) -> Callable[[str, Request], Iterator[Step[Any]]]:
        """Steps of a use case on a GPU that is lent for so many seconds."""
        store = self.store.on(shared_gpu.DEVICE)

        def work(name: str, request: Request) -> Iterator[Step[Any]]:
            yield from as_steps(find(name).run(store, request))

        return shared_gpu.lent(work, seconds)

    def _file(self, use_case: UseCase[Any, Any], request: Request, results: list[Any], kind: str, card: Card) -> bytes:
        from aigc_demo.services.files import Pictures, encode

        if use_case.file is None:
            raise BadRequestError("choice", field="format", options="", value=kind)
        return encode(use_case.file(request, results) if results else Pictures(()), kind, card)


_sizes: WeakKeyDictionary[Any, int] = WeakKeyDictionary()


def size(model: Any) -> int:
    """Number of weights of a network, counted once; going through a hundred layers takes a millisecond."""
    if model not in _sizes:
        _sizes[model] = sum(weight.numel() for weight in model.parameters())
    return _sizes[model]


def as_steps(made: Any) -> Iterator[Step[Any]]:
    """What a `run` gave back as steps; a plain result is one."""
    if isinstance(made, Iterator):
        yield from made
    else:
        yield Step(1, 1, made)


def noted(steps: Iterator[Step[Any]], notes: list[str]) -> Iterator[Step[Any]]:
    """Steps as they are, their notes kept for who makes others of them."""
    for step in steps:
        notes += [step.note] if step.note else []
        yield step


def as_json(card: Card) -> Json:
    """A card as a JSON object."""
    return json.loads(card.to_json())


def card_values(use_case: UseCase[Any, Any], request: Request) -> Json:
    """The fields of a request. A drawing, or what the use case makes `small`, is kept as the models saw it; the id of a
    person's own model stays with that person."""
    from aigc_demo.data.images import placed

    request = use_case.small(request) if use_case.small else request

    def told(name: str, value: Any) -> Any:
        if name == "checkpoint":
            return anonymous(value)
        return placed(value) if name.startswith("drawing") and str(value).startswith("data:") else value

    return {name: told(name, value) for name, value in dataclasses.asdict(request).items()}


def carried(values: Json) -> Json:
    """Values without the texts that are too long for a card."""
    return {name: value for name, value in values.items() if name != "text" or len(value) <= CARRIED}


def file_name(name: str, request: Request, kind: str) -> str:
    """<use case>-<seed>.<format>, such as diffusion_draw-7.png; seed 0 where the request has none."""
    return f"{name}-{getattr(request, 'seed', 0)}.{kind}"


def example(name: str) -> str:
    """The source of a program of aigc_demo/examples, "" when there is none."""
    file = resources.files(EXAMPLES) / f"{name}.py"
    return file.read_text("utf-8") if file.is_file() else ""


def literal(values: Json) -> str:
    """Values as Python source, each on a line of its own where they do not fit on one."""
    line = repr(values)
    if len(line) <= WIDTH:
        return line
    return "{\n" + "".join(f"    {name!r}: {value!r},\n" for name, value in values.items()) + "}"


def replaced(source: str, start: str, line: str) -> str:
    """A program with another line in place of the one that begins with `start`."""
    return "\n".join(line if old.startswith(start) else old for old in source.split("\n"))
