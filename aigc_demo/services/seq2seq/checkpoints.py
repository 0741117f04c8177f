"""The checkpoint of the couplet tab."""

COUPLETS = "seq2seq-couplets"
