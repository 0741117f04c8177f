#!/usr/bin/env bash
# torch.onnx: torch.multinomial draws without replacement, and with it after the export: the same word comes twice.
#
# replacement=False is torch's default: k numbers drawn from one row are k different ones. ONNX's operator always puts
# back what it drew. The translation in onnxscript takes the argument and does not look at it; nothing is raised, and
# nothing is said. Candidates of a beam that samples, tokens that are to be masked, members of a batch: all come out
# with duplicates, in the right shape and range, and the first number of each row is as it should be. Even all 4 of 4,
# which can only be a permutation, are not. The k largest of log(p) plus Gumbel noise are a draw without replacement
# that is exported as it stands.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile \
  torch==2.13.0 numpy==2.4.6 onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.32.0
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - 2>errors.txt <<'PYTHON' || { cat errors.txt; exit 1; }
import logging

import numpy
import onnxruntime
import torch

logging.disable(logging.WARNING)
ROWS = torch.tensor([[0.1, 0.2, 0.3, 0.4]]).expand(5_000, 4).contiguous()


class Drawn(torch.nn.Module):
    def __init__(self, count, gumbel=False):
        super().__init__()
        self.count, self.gumbel = count, gumbel

    def forward(self, p):
        if self.gumbel:
            return (p.log() - (-torch.rand_like(p).log()).log()).topk(self.count).indices
        return torch.multinomial(p, self.count, replacement=False)


def repeated(drawn):
    """The share of rows in which a number stands more than once."""
    return sum(len(set(row)) < len(row) for row in drawn.tolist()) / len(drawn)


print("torch", torch.__version__, "ONNX Runtime", onnxruntime.__version__)
for count in (1, 2, 4):
    for gumbel in (False, True):
        module = Drawn(count, gumbel).eval()
        program = torch.onnx.export(module, (ROWS,), dynamo=True, verbose=False)
        written = program.model_proto.SerializeToString()
        session = onnxruntime.InferenceSession(written, providers=["CPUExecutionProvider"])
        theirs = session.run(None, {session.get_inputs()[0].name: ROWS.numpy()})[0]
        before, after = repeated(module(ROWS)), repeated(theirs)
        first = numpy.bincount(theirs[:, 0], minlength=4) / len(theirs)
        print(
            f"{count} of 4 by {'Gumbel noise' if gumbel else 'multinomial '}: rows that repeat: torch {before:.0%},"
            f" ONNX Runtime {after:.0%}; first number {' '.join(f'{share:.2f}' for share in first)}"
        )
        assert before == 0 and abs(first - ROWS[0].numpy()).max() < 0.04
        if count == 1 or gumbel:
            assert after == 0
        else:
            assert after > 0.2, "no number is drawn twice now"
PYTHON
