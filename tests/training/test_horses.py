"""The law of loss: found again where it is known, honest about the run that was kept out, and readable."""

import json
import math

import numpy as np
import pytest

from aigc_demo.checkpoints import catalogue
from aigc_demo.checkpoints.store import Store
from aigc_demo.core.errors import BadRequestError, NotFoundError
from aigc_demo.services.training import horses, law
from aigc_demo.services.training.requests import Horses
from aigc_demo.ui.i18n import tr
from aigc_demo.ui.tabs.training import horses as tab

SIZES, TOKENS = (7e3, 3e4, 9e4, 2e5), (2.5e5, 5e5, 1e6, 2e6)
TRUE = law.Law(1.3, 12.0, 0.35, 3000.0, 0.67)


def made_up(noise=0.0, seed=0):
    random = np.random.default_rng(seed)
    places = [(n, d) for n in SIZES for d in TOKENS]
    runs = [
        law.Run(int(n), int(d), d * (8e-6 + 3e-10 * n), TRUE(n, d) * (1 + noise * z), False)
        for (n, d), z in zip(places, random.standard_normal(16), strict=True)
    ]
    return [*runs, law.Run(450_000, 3_000_000, 400.0, TRUE(450_000, 3_000_000), True)]


@pytest.fixture(scope="module")
def fit():
    return law.shipped(catalogue.ASSETS)


@pytest.fixture(scope="module")
def made():
    return horses.horses(Store(device="cpu"), Horses())


def test_a_law_is_found_again():
    found = law.fit(made_up())
    for name in ("floor", "size_exponent", "data_exponent"):
        assert getattr(found.law, name) == pytest.approx(getattr(TRUE, name), rel=0.05), name
    assert found.law(450_000, 3e6) == pytest.approx(TRUE(450_000, 3e6), rel=2e-3)
    assert found.seconds(1e5, 1e6) == pytest.approx(38, rel=1e-3)
    assert found.tokens(1e5, 38) == pytest.approx(1e6, rel=1e-3)


def test_the_band_grows_with_noise():
    widths = []
    for noise in (0.001, 0.01):
        found = law.fit(made_up(noise, seed=1))
        low, high = found.band(450_000, 3e6)
        assert low < found.law(450_000, 3e6) < high
        widths.append(high - low)
    assert widths[1] > 4 * widths[0]


def test_the_run_kept_out_is_predicted(fit):
    check = fit.check
    assert check.parameters > 2 * max(run.parameters for run in fit.runs)
    assert check.tokens > max(run.tokens for run in fit.runs) and len(fit.runs) == 16
    off = abs(fit.law(check.parameters, check.tokens) / check.loss - 1)
    assert off < 0.02
    low, high = fit.band(check.parameters, check.tokens)
    assert low < check.loss < high


def test_the_fit_is_close_to_every_run(fit):
    off = [abs(fit.law(run.parameters, run.tokens) / run.loss - 1) for run in fit.runs]
    assert max(off) < 0.025 and np.mean(off) < 0.01
    assert max(abs(math.log(fit.seconds(run.parameters, run.tokens) / run.seconds)) for run in fit.runs) < 0.25


def test_the_best_split_is_the_best(fit):
    for seconds in (10, 60, 300):
        best = horses.best(fit, seconds)
        assert best.seconds == pytest.approx(seconds)
        for factor in (0.5, 0.8, 1.25, 2):
            assert fit.law(factor * best.parameters, fit.tokens(factor * best.parameters, seconds)) > best.loss
    assert horses.best(fit, 120).loss < horses.best(fit, 60).loss


def test_more_of_anything_is_better_and_told(made):
    assert made.more_data.loss < made.now.loss and made.more_size.loss < made.now.loss
    assert made.now.low < made.now.loss < made.now.high
    value = json.loads(json.dumps(horses.value(Horses(), made)))
    assert len(value["runs"]) == 16 and value["measured"] == pytest.approx(made.fit.check.loss, abs=1e-3)
    for lang in ("zh", "en"):
        sentence, charts, rows, check = tab.shown(value, lambda key, lang=lang: tr(lang, key))
        assert "{" not in sentence["words"].format(**sentence["values"]) + check["words"] and check["good"]
        assert len(charts["charts"]) == 3 and len(rows["rows"]) == 5
        assert not any("{" in cell for row in rows["rows"] for cell in row)
    text = "".join(part.text for part in horses.document(Horses(), [made]).parts)
    assert f"measured at the check: {made.fit.check.loss:.4f}" in text


@pytest.mark.parametrize("values", [{"parameters": 0}, {"tokens": float("nan")}, {"budget": 0}, {"tokens": 10**9}])
def test_a_request_is_checked(values):
    with pytest.raises(BadRequestError):
        Horses(**values)


def test_without_its_file_it_says_so(tmp_path):
    with pytest.raises(NotFoundError) as error:
        law.shipped(tmp_path)
    assert error.value.key == "no_grid"
