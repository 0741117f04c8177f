"""A store of small random models, for what computes with them in milliseconds."""

import torch


class Store:
    """`load` as a store has it; `make` gives the models by id."""

    device = "cpu"

    def __init__(self, make):
        torch.manual_seed(1)
        self.models = make()
        with torch.no_grad():
            for model in self.models.values():
                for weight in model.parameters():  # training begins with zeros that would hide what is wrong
                    weight += 0.05 * torch.randn_like(weight)
                model.eval().requires_grad_(False)

    def sha256(self, id):
        """Of no file."""
        return ""

    def load(self, id):
        """The model with this id."""
        return self.models[id]
