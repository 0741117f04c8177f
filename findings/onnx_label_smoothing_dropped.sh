#!/usr/bin/env bash
# torch.onnx: cross entropy with label smoothing is exported without the smoothing, with no word said.
#
# An exported loss is what on-device training and scoring outside of Python compare with. ONNX's operator for it has no
# smoothing, and the translation in onnxscript drops the argument: a comment beside it says that it is ignored. Nothing
# is raised, no warning names it, and the graph is valid. The older exporter (dynamo=False) refuses the same module in
# one sentence. For a network that is
# sure of its answers, which smoothing is there to tame, the loss comes out many times too small.
# (1 - s) times the plain loss plus s times the mean of -log_softmax, written out, is exported as it should be.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile \
  torch==2.13.0 numpy==2.4.6 onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.32.0
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - 2>errors.txt <<'PYTHON' || { cat errors.txt; exit 1; }
import io
import logging
import warnings

import onnxruntime
import torch
import torch.nn.functional as F

logging.disable(logging.WARNING)
LABELS = torch.arange(64) % 5
LOGITS = torch.randn(64, 5, generator=torch.Generator().manual_seed(0)) + 6 * F.one_hot(LABELS)  # sure of itself


class Loss(torch.nn.Module):
    def __init__(self, smoothing, written_out=False):
        super().__init__()
        self.smoothing, self.written_out = smoothing, written_out

    def forward(self, logits, labels):
        if self.written_out:
            even = -F.log_softmax(logits, 1).mean()
            return (1 - self.smoothing) * F.cross_entropy(logits, labels) + self.smoothing * even
        return F.cross_entropy(logits, labels, label_smoothing=self.smoothing)


def exported(module):
    """The loss by ONNX Runtime, and the warnings of the export that speak of smoothing."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        program = torch.onnx.export(module.eval(), (LOGITS, LABELS), dynamo=True, verbose=False)
    session = onnxruntime.InferenceSession(program.model_proto.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [given.name for given in session.get_inputs()]
    loss = session.run(None, dict(zip(names, (LOGITS.numpy(), LABELS.numpy()))))[0]
    return float(loss), sum("smooth" in str(warning.message) for warning in said)


print("torch", torch.__version__, "ONNX Runtime", onnxruntime.__version__)
plain = F.cross_entropy(LOGITS, LABELS).item()
for smoothing in (0.0, 0.1, 0.5):
    ours = Loss(smoothing)(LOGITS, LABELS).item()
    theirs, warned = exported(Loss(smoothing))
    spelled, _ = exported(Loss(smoothing, written_out=True))
    print(
        f"smoothing {smoothing}: torch {ours:.4f}, ONNX Runtime {theirs:.4f} ({warned} warnings),"
        f" written out {spelled:.4f}; without smoothing {plain:.4f}"
    )
    assert abs(spelled - ours) < 1e-4
    assert abs(theirs - plain) < 1e-4 and not warned, "the smoothing is exported, or refused, now"
try:
    torch.onnx.export(Loss(0.1).eval(), (LOGITS, LABELS), io.BytesIO(), dynamo=False)
    print("the older exporter takes it too")
except Exception as error:
    print("the older exporter:", str(error).split(". ")[0].strip()[:110])
PYTHON
