"""What may stand in the lower line of a couplet: rules as masks over the vocabulary, for sampling/beam.py.

    free       any character
    none       no character of the upper line, and none twice
    mirrored   as `none`, but where the upper line repeats a character, so does the lower: 年年岁岁 is answered 岁岁年年

`none` and `mirrored` differ only for upper lines that repeat a character.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from aigc_demo.sampling.beam import Allowed

REPEATS = ("mirrored", "none", "free")


def words(characters: str) -> Tensor:
    """characters, of which token i is the i-th -> mask (V,): True for those that are written words of Chinese."""
    return torch.tensor([character.isalpha() for character in characters])


def pairing(upper: Sequence[int], characters: Tensor, repeats: str, tones: Tensor | None = None) -> Allowed:
    """What may follow a beginning of the lower line.

    upper: the tokens of the upper line. characters (V,): True where a token may stand in a line; what stands in the
    upper line and may not, a comma, is answered by itself. tones (S, V): True where a token has a tone that is asked at
    this place.
    """
    first = [list(upper).index(token) for token in upper]  # where a character of the upper line stood before
    mark = [not characters[token] for token in upper]

    def allowed(lines: Tensor) -> Tensor:
        """lines (N, T) -> (N, V)."""
        place = lines.shape[1]
        mask = characters.expand(len(lines), -1).clone()
        if mark[place]:
            return torch.zeros_like(mask).index_fill(1, torch.tensor(upper[place]), True)
        if repeats == "mirrored" and first[place] < place:
            return torch.zeros_like(mask).scatter(1, lines[:, first[place], None], True)
        if tones is not None:
            mask &= tones[place]
        if repeats == "free":
            return mask
        mask[:, list(upper)] = False
        return mask.scatter(1, lines, False)

    return allowed
