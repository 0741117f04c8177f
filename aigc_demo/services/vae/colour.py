"""Colour pictures for the KL autoencoder: shipped ones, and those that people bring."""

from aigc_demo.data import images
from aigc_demo.services.vae.results import Array

SIDE = 64  # pixels


def brought(url: str) -> Array:
    """A picture of any size as a data URL -> what the model sees of it, (3, 64, 64) float in [-1, 1]."""
    return images.square(images.from_data_url(url), SIDE)


def small(url: str) -> str:
    """The same as a data URL of 64 x 64 pixels; made small again it stays the same."""
    return images.to_data_url(images.to_pil(brought(url)))
