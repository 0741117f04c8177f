"""Compression: fewer bits, fewer weights, and what is lost."""

TABS = ("bits", "prune", "gptq", "distil", "beside")
FORMATS = ("png", "json", "safetensors")
