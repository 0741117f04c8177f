"""Open a file in ONNX Runtime: in one thread, on the CPU, and without statistics about who runs it.

The wheel for Linux (1.32.0) notes a number of this machine and events to be sent in the home folder; the switch in
Python, `disable_telemetry_events`, does not keep them away (findings/onnxruntime_telemetry.sh).
"""

import os
from pathlib import Path
from typing import Any

SWITCH = "ORT_DISABLE_TELEMETRY"  # read when onnxruntime is imported


def open_session(path: Path) -> Any:
    """An InferenceSession of the file; whatever this release raises where it is broken."""
    os.environ[SWITCH] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
