"""The emoji that the CycleGAN page offers: 24 held-out ones as Twitter draws them, then as Google does.

    python -m aigc_demo.services emoji-pairs

writes assets/examples/emoji-pairs.png. It needs the emoji on this machine: `python -m aigc_demo.data fetch emoji`.
"""

from pathlib import Path

import torch

from aigc_demo.data import emoji
from aigc_demo.data.fetch import present
from aigc_demo.services.service import Service


def pairs(service: Service, folder: Path) -> None:
    """The emoji of PAIRS as both vendors draw them, as one sheet."""
    data = present("emoji")
    names = emoji.names(data, "test")
    chosen = torch.tensor([names.index(name) for name in emoji.PAIRS])
    both = [emoji.pictures(data, vendor, "test")[chosen] for vendor in emoji.VENDORS]
    emoji.write_samples(torch.cat(both), folder / "emoji-pairs.png")


MAKERS = {"emoji-pairs": pairs}
