"""The training room: networks that learn as you watch, and proof that they are what they are called."""

TABS = ("race", "augment", "selfsup", "train", "gpt", "horses", "parity")
