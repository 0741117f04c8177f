#!/usr/bin/env bash
# torch and ONNX Runtime: a row that may attend to nothing is 0 in torch and the mean of all values after the export.
#
# scaled_dot_product_attention answers 0 for such a row. The exporter of torch.onnx writes a boolean mask as the least
# finite number in place of minus infinity: the softmax of a wholly masked row is even, and the row comes out as the plain
# average of the values, padding included. The exported graph does turn NaN into 0 behind its softmax, as torch does, but
# with a finite mask there never is one. Rows that attend to something agree to 1e-6, so that a check on full batches
# passes, and a batch with an empty text differs in silence.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile \
  torch==2.13.0 numpy==2.4.6 onnx==1.23.2 onnxscript==0.7.2 onnxruntime==1.32.0
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - 2>errors.txt <<'PYTHON' || { cat errors.txt; exit 1; }
import logging

import onnxruntime
import torch
import torch.nn.functional as F

logging.disable(logging.WARNING)


class Attention(torch.nn.Module):
    def forward(self, x, words):
        return F.scaled_dot_product_attention(x, x, x, attn_mask=words)


print("torch", torch.__version__, "ONNX Runtime", onnxruntime.__version__)
torch.manual_seed(0)
x = torch.randn(2, 1, 4, 8)
words = torch.tensor([[True] * 4, [False] * 4])[:, None, None, :].expand(2, 1, 4, 4).contiguous()  # the second is empty
program = torch.onnx.export(Attention(), (x, words), dynamo=True, verbose=False)
program.save("attention.onnx")
session = onnxruntime.InferenceSession("attention.onnx", providers=["CPUExecutionProvider"])
names = [given.name for given in session.get_inputs()]
theirs = torch.from_numpy(session.run(None, dict(zip(names, (x.numpy(), words.numpy()))))[0])
ours = Attention()(x, words)
full, empty = ((ours[i] - theirs[i]).abs().max().item() for i in (0, 1))
print(f"a text with words: torch and ONNX Runtime differ by {full:.1e}")
print(f"an empty text: by {empty:.2f}; torch {ours[1, 0, 0, :3].tolist()}, ONNX Runtime {theirs[1, 0, 0, :3].tolist()}")
print("the mean of its values:", x[1, 0].mean(0)[:3].tolist())
assert full < 1e-5 and ours[1].eq(0).all()
assert torch.allclose(theirs[1, 0], x[1, 0].mean(0).expand(4, -1), atol=1e-5), "an empty row comes out otherwise now"
PYTHON
