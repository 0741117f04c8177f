"""Compression: fewer bits, fewer weights, and what is lost."""

TABS = ("bits", "prune", "tune", "gptq", "distil", "beside")
FORMATS = ("png", "json", "safetensors")
