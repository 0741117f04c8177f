"""How matrices lie in memory, for networks that multiply them by one vector at a time, as all do that write text.

On a CPU such a product takes as long as the matrix takes to read, where the vectorised loop runs along the longer
side, and much longer across it (MKL). PyTorch lays out (O, I) row by row, which is across wherever a layer widens.
"""

from torch import nn


def for_single_rows(model: nn.Module) -> nn.Module:
    """`model` itself, every widening linear layer's weight (O, I) column by column: same shape, same numbers."""
    for part in model.modules():
        if isinstance(part, nn.Linear) and part.out_features > part.in_features:
            part.weight.data = part.weight.data.t().contiguous().t()
    return model
