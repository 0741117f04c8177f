#!/usr/bin/env bash
# ONNX Runtime: the wheel for Linux keeps statistics in the home folder, also after disable_telemetry_events().
#
# Opening one session of one Relu leaves a lasting number of this machine and a database of events that wait to be sent,
# with the path of Python, the system and the kind of processor. disable_telemetry_events(), called right after the
# import, does not keep them away; the environment variable ORT_DISABLE_TELEMETRY, set before the import, does.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
python=$folder/venv/bin/python
"$python" -m pip install --quiet --no-compile onnxruntime==1.32.0 onnx==1.23.2
cd "$folder"
cat > session.py <<'PYTHON'
import sys
import time

import onnxruntime

if "switch" in sys.argv:
    onnxruntime.disable_telemetry_events()

import numpy as np
from onnx import TensorProto, helper

x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy")
graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "relu", [x], [y])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
assert session.run(None, {"x": np.ones(1, np.float32)})[0] == 1
time.sleep(1)
PYTHON
left() { # the files that a run leaves in an empty home folder
  rm -rf home && mkdir home
  env -u CI -u XDG_CACHE_HOME HOME="$folder/home" "$@"
  (cd home && find . -type f ! -name '*-shm' ! -name '*-wal' ! -name '*.lock' | sort)
}
"$python" -c 'import onnxruntime; print("onnxruntime", onnxruntime.__version__)'
plain=$(left "$python" session.py)
switched=$(left "$python" session.py switch)
variable=$(left env ORT_DISABLE_TELEMETRY=1 "$python" session.py)
printf 'without a switch:\n%s\nafter disable_telemetry_events():\n%s\nwith the variable: %s\n' "$plain" "$switched" "${variable:-nothing}"
for found in "$plain" "$switched"; do
  grep -q '/deviceid$' <<< "$found"
  grep -q '/onnxruntime\.db$' <<< "$found"
done
test -z "$variable"
