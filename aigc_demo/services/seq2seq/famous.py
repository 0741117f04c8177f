"""Known upper lines, all of them held out of training together with what answers them, in the order of the presets."""

from aigc_demo.data.couplets import FAMOUS

KNOWN = dict(FAMOUS)  # upper line -> lower line
NUMBERS = {upper: place for place, upper in enumerate(KNOWN)}  # text seq2seq.source_<number> says who wrote it
