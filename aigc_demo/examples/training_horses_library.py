"""The law of loss fitted as Hoffmann et al. (2022) do it, by torch's L-BFGS on the Huber loss of log L."""

import itertools
import json
from pathlib import Path

import torch

REQUEST = {"parameters": 200, "tokens": 1000}

runs = json.loads(Path("assets/scaling/gpt-shakespeare.json").read_text())["runs"]
grid = torch.tensor([[run["parameters"], run["tokens"], run["loss"]] for run in runs if not run["check"]]).double()
check = next(run for run in runs if run["check"])


def log_loss(law, parameters, tokens):
    """Log of E + A / N^a + B / D^b, from log E, log A, a, log B, b."""
    e, a, alpha, b, beta = law
    terms = [e.expand(len(parameters)), a - alpha * parameters.log(), b - beta * tokens.log()]
    return torch.logsumexp(torch.stack(terms), 0)


best = None
for start in itertools.product((0.0, 0.5), (2.0, 5.0), (0.3, 0.6), (5.0, 10.0), (0.4, 0.8)):
    law = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([law], max_iter=200, line_search_fn="strong_wolfe")

    def error(law=law, optimiser=optimiser):
        """Huber loss of the differences of logarithms, with its slope."""
        optimiser.zero_grad()
        found = torch.nn.functional.huber_loss(log_loss(law, grid[:, 0], grid[:, 1]), grid[:, 2].log(), delta=1e-3)
        found.backward()
        return found

    optimiser.step(error)
    if best is None or float(error()) < best[0]:
        best = float(error()), law.detach()

_, law = best
e, a, alpha, b, beta = law.tolist()
print(f"L(N, D) = {2.718281828**e:.3f} + {2.718281828**a:.4g} / N^{alpha:.3f} + {2.718281828**b:.4g} / D^{beta:.3f}")
for name, parameters, tokens in (
    ("asked", 1000 * REQUEST["parameters"], 1000 * REQUEST["tokens"]),
    ("twice the data", 1000 * REQUEST["parameters"], 2000 * REQUEST["tokens"]),
    ("twice the parameters", 2000 * REQUEST["parameters"], 1000 * REQUEST["tokens"]),
    ("kept out", check["parameters"], check["tokens"]),
):
    place = [torch.tensor([float(number)], dtype=torch.float64) for number in (parameters, tokens)]
    print(f"{name}: {float(log_loss(law, *place).exp()):.4f} nats per character")
print(f"measured at the run kept out: {check['loss']:.4f}")
