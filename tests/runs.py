"""Use cases of a family as functions: `Runs(store, "diffusion").draw(Draw(...))` gives the steps of a run."""

from aigc_demo.services.service import Service


class Runs:
    """Attribute of a use case's name -> its steps for a request."""

    def __init__(self, store, family):
        self.service, self.family = Service(store), family
        self.store = self.service.store

    def __getattr__(self, use_case):
        return lambda request, *state: self.service.run(f"{self.family}_{use_case}", request, *state)


def last(steps):
    """The value of the last step."""
    *_, step = steps
    return step.value
