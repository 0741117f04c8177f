"""The autoencoder use-cases: decode a point, rebuild, interpolate, imagine, compare."""

from aigc_demo.checkpoints.store import Store


class VAEService:
    def __init__(self, store: Store):
        self.store = store


create = VAEService
