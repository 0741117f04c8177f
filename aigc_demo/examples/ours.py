"""A result of the page, made again with aigc_demo. Run it in the project's folder."""

from pathlib import Path

from aigc_demo.services.service import Service

NAME, FORMAT, REQUEST = "diffusion_draw", "png", {"digit": 7, "seed": 7}

*_, last = Service().answer(NAME, REQUEST, FORMAT)  # one step per unit of work; the last one holds the answer
answer = last.value
Path(answer.name).with_stem("ours").write_bytes(answer.file)
print({name: value for name, value in answer.result.items() if name != "card"})
