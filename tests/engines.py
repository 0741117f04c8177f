"""What tests of the engines share."""

import threading


def ended() -> None:
    """Wait for what prepares a network behind the page."""
    for thread in threading.enumerate():
        if thread.name == "engine":
            thread.join()


def stirred(model):
    """An untrained model whose weights are all different."""
    for weight in model.parameters():
        weight.requires_grad_(False).normal_(std=0.1)
    return model.eval()
