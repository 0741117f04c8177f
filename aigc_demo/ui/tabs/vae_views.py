"""The chart under its first address, for families that are not yet folders of use cases."""

from aigc_demo.ui.views.chart import PANES, SENTENCE, legend, plot

__all__ = ["PANES", "SENTENCE", "legend", "plot"]
