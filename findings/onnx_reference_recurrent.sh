#!/usr/bin/env bash
# onnx: its reference evaluator ignores the lengths that LSTM, GRU and RNN are given, and clip and input_forget as well.
#
# sequence_lens tells how many steps of each text are real; the operators' text has it as an input of all three, "if
# not specified all sequences are assumed to have" the full length. The reference takes it, runs over the padding, and
# answers its state behind the padding as the last one. So a batch of texts of several lengths is right for the longest
# alone. clip, which bounds what goes into the activations, and input_forget, which couples two gates of the LSTM, are
# read and not looked at either. ONNX Runtime honours all of them: a padded text then ends as it does alone. Nothing is
# raised by the reference, as it is for what it knows that it lacks.
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

WIDTH, INSIDE, LENGTHS = 3, 4, [2, 5]
TYPES = {numpy.dtype("float32"): TensorProto.FLOAT, numpy.dtype("int32"): TensorProto.INT32}
chance = numpy.random.default_rng(0)


def both(operator, given, **attributes):
    """The last state of every text by the reference and by ONNX Runtime."""
    node = helper.make_node(operator, list(given), ["", "last"], hidden_size=INSIDE, **attributes)
    inputs = [helper.make_tensor_value_info(name, TYPES[value.dtype], value.shape) for name, value in given.items()]
    last = helper.make_tensor_value_info("last", TensorProto.FLOAT, [1, None, INSIDE])
    model = helper.make_model(
        helper.make_graph([node], "run", inputs, [last]), opset_imports=[helper.make_opsetid("", 22)], ir_version=10
    )
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return [evaluator.run(None, given)[0][0] for evaluator in (ReferenceEvaluator(model), session)]


def apart(first, second):
    return float(abs(first - second).max())


print("onnx", onnx.__version__, "ONNX Runtime", onnxruntime.__version__)
for operator, gates in (("LSTM", 4), ("GRU", 3), ("RNN", 1)):
    texts = chance.standard_normal((max(LENGTHS), len(LENGTHS), WIDTH)).astype(numpy.float32)
    weights = {
        name: chance.standard_normal((1, gates * INSIDE, size)).astype(numpy.float32)
        for name, size in (("w", WIDTH), ("r", INSIDE))
    }
    weights["b"] = numpy.zeros((1, 2 * gates * INSIDE), numpy.float32)
    padded = both(operator, {"x": texts, **weights, "lengths": numpy.array(LENGTHS, numpy.int32)})
    for place, length in enumerate(LENGTHS):
        alone = both(operator, {"x": texts[:length, place : place + 1], **weights})
        assert apart(*alone) < 1e-5
        reference, runtime = (apart(ends[place], alone[1][0]) for ends in padded)
        print(f"{operator}, {length} of {max(LENGTHS)} steps: padded and alone differ by {reference:.3f}", end=" ")
        print(f"in the reference, {runtime:.3f} in ONNX Runtime")
        assert runtime < 1e-5 and (reference > 0.05) == (length < max(LENGTHS)), "the lengths are looked at now"
    for name, value in (("clip", 0.1), ("input_forget", 1)):
        if name == "clip" or operator == "LSTM":
            given = {"x": texts, **weights}
            plain, marked = both(operator, given), both(operator, given, **{name: value})
            reference, runtime = (apart(first, second) for first, second in zip(plain, marked))
            print(f"{operator}, {name}={value} moves the reference by {reference:.3f}, ONNX Runtime by {runtime:.3f}")
            assert reference == 0 and runtime > 0.01, f"{name} is looked at now"
PYTHON
