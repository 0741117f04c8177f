#!/usr/bin/env bash
# ONNX Runtime: the Fourier transform of a length that is no power of two loses up to five digits in float32.
#
# The operator DFT takes any length, and at 16,384 or 65,536 numbers its result on a CPU is right to less than a
# millionth. At 44,100 (a second of sound) it is off by half a hundredth, at 100,000 by more than one, and at 400 (the
# window of many speech models) by 4 in 100,000. NumPy in float32 is right to 3 in 100 million at all of them, and the
# operator's text names no such limit. The error grows with the length, as if the angles of the detour by which such
# lengths are computed were rounded. In a spectrum it is a floor of noise: -46 dB for that second, where 16-bit sound
# has -98. float64 input avoids it, and so does a power of two where the bins may differ. torch.fft is exported as
# this operator.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --no-compile onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
cd "$folder"
OMP_NUM_THREADS=1 "$folder/venv/bin/python" - <<'PYTHON'
import math

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper


def session(kind):
    node = helper.make_node("DFT", ["sound", "", "axis"], ["spectrum"])
    sound = helper.make_tensor_value_info("sound", kind, [1, None, 1])
    spectrum = helper.make_tensor_value_info("spectrum", kind, [1, None, 2])
    axis = helper.make_tensor("axis", TensorProto.INT64, [], [1])
    graph = helper.make_graph([node], "transform", [sound], [spectrum], [axis])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


def off(found, exact):
    """The error of all bins together, as a share of the spectrum."""
    return float(numpy.linalg.norm(found - exact) / numpy.linalg.norm(exact))


print("ONNX Runtime", onnxruntime.__version__, "onnx", onnx.__version__, "NumPy", numpy.__version__)
single, double = session(TensorProto.FLOAT), session(TensorProto.DOUBLE)
chance = numpy.random.default_rng(0)
errors = {}
for length in (400, 512, 10_000, 16_384, 44_100, 65_536, 100_000):
    sound = chance.standard_normal(length).astype(numpy.float32)
    exact = numpy.fft.fft(sound.astype(numpy.float64))
    given = sound[None, :, None]
    theirs = single.run(None, {"sound": given})[0][0] @ [1, 1j]
    wide = double.run(None, {"sound": given.astype(numpy.float64)})[0][0] @ [1, 1j]
    errors[length] = off(theirs, exact)
    print(
        f"{length:7} numbers: error {errors[length]:.1e} ({20 * math.log10(errors[length]):.0f} dB),"
        f" NumPy in float32 {off(numpy.fft.fft(sound), exact):.1e}, ONNX Runtime in float64 {off(wide, exact):.1e}"
    )
    assert off(numpy.fft.fft(sound), exact) < 1e-7
assert max(errors[length] for length in (512, 16_384, 65_536)) < 1e-5
assert errors[400] > 1e-5 and errors[44_100] > 1e-3 and errors[100_000] > 5e-3, "other lengths are accurate now"
PYTHON
