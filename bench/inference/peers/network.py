"""The network that every peer serves, in the session that ours has: one thread, on the processor."""

from __future__ import annotations

import os

import numpy as np
import onnxruntime

INPUTS = 32


def open_session() -> onnxruntime.InferenceSession:
    """Of the file that the environment names: some peers start processes that see nothing else of ours."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(os.environ["PEER_MODEL"], options, providers=["CPUExecutionProvider"])


def rows_of(data: bytes) -> np.ndarray:
    return np.frombuffer(data, np.float32).reshape(-1, INPUTS)


def actions_of(session: onnxruntime.InferenceSession, rows: np.ndarray) -> np.ndarray:
    return session.run(["actions"], {"observations": rows})[0]
