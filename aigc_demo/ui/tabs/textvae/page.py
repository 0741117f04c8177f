"""Text VAE: from one sentence to another, sentences by chance; what four models say, and the trainings."""

TABS = ("morph", "draw", "compare", "training")

PAPER = {
    "Bowman et al., Generating Sentences from a Continuous Space, 2015": "https://arxiv.org/abs/1511.06349",
}
