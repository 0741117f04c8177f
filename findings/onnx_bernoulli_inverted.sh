#!/usr/bin/env bash
# ONNX: the operator Bernoulli, run by ONNX Runtime, draws 1 with the probability 1 - p.
#
# The operator's text promises "1" with the probability that the input holds. ONNX Runtime has no kernel of its own
# for it on a CPU and runs the definition that the standard itself gives in simpler operators: draw u evenly, answer u
# > p. That is 1 - p; u < p was meant. The reference evaluator of the onnx package has its own code for the operator,
# and that one is right, so that a check of a model against it shows the difference, and a check of shapes and values
# does not (p = 0.5 passes too). torch.onnx writes torch.bernoulli(p) as this operator: a mask that kept 90 % of a
# picture keeps 10 % after the export. torch.rand_like(p) < p is exported as it stands and is right.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnx.inliner import inline_selected_functions
from onnx.reference import ReferenceEvaluator

print("onnx", onnx.__version__, "ONNX Runtime", onnxruntime.__version__)
node = helper.make_node("Bernoulli", ["p"], ["drawn"], seed=1.0)
ends = [[helper.make_tensor_value_info(name, TensorProto.FLOAT, [None])] for name in ("p", "drawn")]
opset = [helper.make_opsetid("", 15)]
model = helper.make_model(helper.make_graph([node], "draw", *ends), opset_imports=opset, ir_version=8)
onnx.checker.check_model(model, full_check=True)
definition = inline_selected_functions(model, [("", "Bernoulli")], inline_schema_functions=True)
print("the standard's definition:", " -> ".join(part.op_type for part in definition.graph.node))
session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
for p in (0.0, 0.1, 0.5, 0.9, 1.0):
    given = numpy.full(100_000, p, numpy.float32)
    runtime = session.run(None, {"p": given})[0].mean()
    reference = ReferenceEvaluator(model).run(None, {"p": given})[0].mean()
    defined = ReferenceEvaluator(definition).run(None, {"p": given})[0].mean()
    print(f"p = {p}: ones by ONNX Runtime {runtime:.3f}, by the definition {defined:.3f}, by onnx {reference:.3f}")
    assert abs(reference - p) < 0.01
    assert abs(runtime - (1 - p)) < 0.01 and abs(defined - (1 - p)) < 0.01, "p is the probability of 1 now"
PYTHON
