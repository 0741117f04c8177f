"""A request as two runnable scripts: with this project, and with transformers alone."""

from dataclasses import fields
from typing import Any

from aigc_demo.services.hf_text.prompts import messages
from aigc_demo.services.hf_text.requests import Chat

OURS = """# SmolLM2-135M-Instruct in our own Llama.
# With aigc_demo; run it in the project's folder, after: python -m aigc_demo.services.hf_text.fetch
from aigc_demo.services.hf_text.requests import {name}
from aigc_demo.services.hf_text.service import create

request = {name}(
{values}
)
*_, last = create().{method}(request)
print(last.value.text)
"""

LIBRARY = """# The same with transformers alone, from the hub.
import torch
from transformers import pipeline

torch.manual_seed({seed})
writer = pipeline("text-generation", model={model!r}, dtype=torch.float32)
messages = [
{messages}
]
made = writer(messages, max_new_tokens={length}, return_full_text=False, {how})
print(made[0]["generated_text"])
"""
METHODS = {"Chat": "chat", "Summarise": "summarise", "Ask": "ask", "Translate": "translate"}


def python(request: Any) -> tuple[str, str]:
    """(script with aigc_demo, script with transformers)."""
    name = type(request).__name__
    values = "\n".join(f"    {field.name}={getattr(request, field.name)!r}," for field in fields(request))
    told = "\n".join(f"    {{'role': {role!r}, 'content': {text!r}}}," for role, text in messages(request))
    if request.temperature > 0:
        how = f"do_sample=True, temperature={request.temperature}"
        if isinstance(request, Chat):
            how += f", top_k={request.top_k}, top_p={request.top_p}, repetition_penalty={request.repetition}"
            how += f", min_p={request.min_p}" if request.min_p else ""
    else:
        how = "do_sample=False"
    library = LIBRARY.format(
        seed=request.seed,
        model=request.name or "HuggingFaceTB/SmolLM2-135M-Instruct",
        messages=told,
        length=request.length,
        how=how,
    )
    return OURS.format(name=name, values=values, method=METHODS[name]), library
