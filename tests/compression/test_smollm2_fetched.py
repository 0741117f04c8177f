"""SmolLM2 made smaller, as it was fetched; skipped where it was not."""

import pytest

from aigc_demo.checkpoints.store import Store
from aigc_demo.data.folder import data_folder
from aigc_demo.pipelines import smollm2
from aigc_demo.services.compression import subjects
from aigc_demo.services.compression.requests import SMOLLM2, Bits
from aigc_demo.services.hf_text.models import models
from aigc_demo.services.service import Service


def test_the_fetched_weights_cost_as_much_as_the_page_says():
    if not smollm2.is_there(data_folder("smollm2")):
        pytest.skip(f"SmolLM2 is not on this machine: {smollm2.COMMAND}")
    models.cache_clear()
    subjects.as_shipped.cache_clear()
    service = Service(Store(device="cpu"))
    made = {count: service.result("compression_bits", Bits(model=SMOLLM2, bits=count)) for count in (8, 4)}
    whole = made[8].before
    assert whole.parameters == 134_515_008 and whole.size == 538_060_032
    assert made[8].after.size == 135_164_160 and made[4].after.size < 68e6
    more = {count: one.after.measured.cost / whole.measured.cost - 1 for count, one in made.items()}
    assert abs(more[8]) < 0.005 and 0.1 < more[4] < 0.5
    assert "Paris" in whole.measured.output.text and "Paris" not in made[4].after.measured.output.text
    assert len(made[4].layers) == 121
    models.cache_clear()
