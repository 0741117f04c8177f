"""Use cases of a family as functions: `Runs(store, "diffusion").draw(Draw(...))` gives the steps of a run."""

from aigc_demo.services import cards
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


def saved(service, use_case, request, kind):
    """Bytes of a saved file."""
    return last(service.save(use_case, request, kind))


def card_of(raw, tmp_path, kind):
    """The card in a file with these bytes."""
    file = tmp_path / f"saved.{kind}"
    file.write_bytes(raw)
    return cards.read(file)


def title(request):
    """What the request differs in from the defaults, without its drawing."""
    default = type(request)()
    values = {k: v for k, v in vars(request).items() if v != getattr(default, k) and not k.startswith("drawing")}
    return " ".join([type(request).__name__, *(f"{k}={v}" for k, v in values.items())])
