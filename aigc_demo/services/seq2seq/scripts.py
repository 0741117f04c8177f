"""A request as two runnable scripts: one with this project, one with transformers and the same weights."""

from dataclasses import asdict

from aigc_demo.services.seq2seq.requests import Beside, Pair

OURS = """# A lower line to an upper one, with aigc_demo; run it in the project's folder.
from aigc_demo.checkpoints.store import Store
from aigc_demo.services.seq2seq.requests import Pair
from aigc_demo.services.seq2seq.service import create

request = Pair(
{values}
)
*_, last = create(Store()).pair(request)
print(last.value.upper)
for reply in last.value.replies:
    print(reply.text, f"{{reply.cost:.2f}} nats a character", reply.tones)
"""

BESIDE = """# The same couplet by both implementations, with aigc_demo; run it in the project's folder.
from aigc_demo.checkpoints.store import Store
from aigc_demo.services.seq2seq.requests import Beside
from aigc_demo.services.seq2seq.service import create

found = create(Store()).beside(Beside({values}))
for side in (found.ours, found.theirs):
    print(side.greedy, *side.beam, f"{{side.greedy_ms:.1f}} ms, {{side.beam_ms:.1f}} ms")
print("the same tokens:", found.same, "largest difference of the logits:", found.maximum)
"""

LIBRARY = """# The same weights as transformers' MBartForConditionalGeneration; run it in the project's folder.
import torch
from transformers import MBartForConditionalGeneration, set_seed

from aigc_demo.checkpoints.store import Store
from aigc_demo.pipelines.convert import to_library

ours = Store().load("seq2seq-couplets")
model: MBartForConditionalGeneration = to_library(ours)
characters = model.config.characters
upper = {upper!r}
tokens = torch.tensor([[characters.index(character) for character in upper]])
{seed}lines = model.generate(
    tokens,
    attention_mask=torch.ones_like(tokens),
    min_new_tokens=len(upper),
    max_new_tokens=len(upper),
    suppress_tokens=[0, 1, 2],  # the marks
{how}
)
print(upper)
for line in lines:
    print("".join(characters[token] for token in line[1:]))
"""


def python(request: Pair | Beside) -> tuple[str, str]:
    """The two scripts of a request. The library's knows neither tones nor repeats."""
    values = asdict(request)
    if isinstance(request, Beside):
        ours = BESIDE.format(values=", ".join(f"{name}={value!r}" for name, value in values.items()))
        return ours, library(request.upper, beams(request.beam, request.beam))
    ours = OURS.format(values="\n".join(f"    {name}={value!r}," for name, value in values.items()))
    if request.way == "beam":
        return ours, library(request.upper, beams(request.beam, min(request.lines, request.beam)))
    if request.temperature == 0:
        return ours, library(request.upper, "    do_sample=False,")
    how = f"    do_sample=True,\n    top_k=0,\n    temperature={request.temperature!r},\n    "
    return ours, library(request.upper, how + f"num_return_sequences={request.lines},", f"set_seed({request.seed})\n")


def beams(width: int, lines: int) -> str:
    """Arguments of a beam search."""
    return f"    do_sample=False,\n    num_beams={width},\n    num_return_sequences={lines},"


def library(upper: str, how: str, seed: str = "") -> str:
    """The second script."""
    line = "".join(upper.split()).replace(",", "，").rstrip("，。！？；：、.!?;:")
    text = LIBRARY.format(upper=line, how=how, seed=seed)
    return text if seed else text.replace(", set_seed", "")
