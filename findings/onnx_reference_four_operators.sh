#!/usr/bin/env bash
# onnx: its reference evaluator, made to tell what an operator means, is wrong in four of them by their own text.
#
# LpNormalization with p=1 divides by the sum of the numbers, not of their magnitudes: values of both signs come out
# many times too large, with flipped signs, and a row whose sum is 0 (1 and -1) is answered by zeros. LpPool with
# ceil_mode=1 scales a window that hangs over the edge as if the missing pixels were there: 6 ones have the norm 3 in
# place of 2.449. MaxPool with auto_pad="SAME_LOWER" and a stride of 2 leaves out a row: 5 rows become 2, where the text
# says ceil(5 / 2) = 3; AveragePool of the same attributes is right. Resize with "align_corners" by a scale misses the
# corners: of 6 columns times 0.4, which are 2, it takes the first and one between the fourth and the fifth, for it
# divides by 2.4 - 1 where the text has the length of the result. Who holds a runtime or an exporter against the
# reference finds fault in the wrong place: ONNX Runtime has all four as the text says.
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
from onnx.reference import ReferenceEvaluator


def both(operator, x, scales=None, **attributes):
    """What the reference and ONNX Runtime make of it."""
    node = helper.make_node(operator, ["x", "", "scales"] if scales else ["x"], ["y"], **attributes)
    constants = [helper.make_tensor("scales", TensorProto.FLOAT, [len(scales)], scales)] if scales else []
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * x.ndim) for name in ("x", "y")]
    graph = helper.make_graph([node], "one", ends[:1], ends[1:], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return ReferenceEvaluator(model).run(None, {"x": x})[0], session.run(None, {"x": x})[0]


numpy.seterr(all="ignore")
print("onnx", onnx.__version__, "ONNX Runtime", onnxruntime.__version__)
x = numpy.array([[3, -2, -2], [1, -1, 0], [1, 2, 1]], numpy.float32)
reference, runtime = both("LpNormalization", x, p=1, axis=1)
right = x / abs(x).sum(1, keepdims=True)
print("LpNormalization p=1 of", x.tolist())
print("  reference", reference.tolist(), "\n  runtime  ", runtime.round(3).tolist())
assert numpy.allclose(runtime, right) and numpy.allclose(reference[2], right[2])
assert numpy.allclose(reference[0], -x[0]) and not reference[1].any(), "LpNormalization is otherwise now"
ones = numpy.ones((1, 1, 6, 6), numpy.float32)
reference, runtime = both("LpPool", ones, p=2, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
print("LpPool of 6 ones in the upper right: reference", reference[0, 0, 0, 2], "runtime", runtime[0, 0, 0, 2])
assert abs(runtime[0, 0, 0, 2] - 6**0.5) < 1e-5 and abs(reference[0, 0, 0, 2] - 3) < 1e-5, "LpPool is otherwise now"
rows = numpy.arange(30, dtype=numpy.float32).reshape(1, 1, 5, 6)
same = {"kernel_shape": [2, 2], "strides": [2, 2], "auto_pad": "SAME_LOWER"}
for operator in ("MaxPool", "AveragePool"):
    reference, runtime = both(operator, rows, **same)
    print(f"{operator} of 5 x 6: reference {reference[0, 0].tolist()}, runtime {runtime[0, 0].tolist()}")
    assert runtime.shape == (1, 1, 3, 3)
    assert reference.shape == ((1, 1, 2, 3) if operator == "MaxPool" else (1, 1, 3, 3)), "MaxPool is otherwise now"
columns = numpy.arange(6, dtype=numpy.float32).reshape(1, 6)
ends = {"mode": "linear", "coordinate_transformation_mode": "align_corners"}
reference, runtime = both("Resize", columns, [1.0, 0.4], **ends)
print("Resize of columns 0 to 5 with aligned corners: reference", reference.tolist(), "runtime", runtime.tolist())
assert runtime.tolist() == [[0.0, 5.0]] and abs(reference[0, 1] - 5 / 1.4) < 1e-5, "the corners are aligned now"
PYTHON
