"""Whether SmolLM2 is on this machine, for a page that is served without torch."""

from aigc_demo.data.folder import data_folder

WHOLE = ("config.json", "model.safetensors", "tokenizer.json")


def smollm2_is_here() -> bool:
    folder = data_folder("smollm2")
    return all((folder / name).is_file() for name in WHOLE)
