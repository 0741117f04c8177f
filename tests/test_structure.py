"""How the code is laid out stays within the limits of benchmarks/structure.py; totals of lines grow with families."""

import pytest

from benchmarks.structure import figures

FIGURES = [figure for figure in figures() if not figure.name.startswith("lines of ")]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_the_layout_stays_within_its_limits(figure):
    assert figure.value <= figure.limit, "\n".join(figure.where)
