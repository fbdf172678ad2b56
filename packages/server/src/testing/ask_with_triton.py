"""Asks a server with NVIDIA's client as it is, and prints what came back as JSON.

Usage: ask_with_triton.py HOST:PORT INPUT, a file of two images of 28 x 28 float32 values.
"""

import json
import sys

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

address, path = sys.argv[1:]
images = np.fromfile(path, np.float32).reshape(2, 1, 28, 28)
client = triton.InferenceServerClient(address, concurrency=4)
names = [output["name"] for output in client.get_model_metadata("digits")["outputs"]]


def read(result):
    """The outputs of an answer, strings as text."""

    def plain(value):
        return value.decode() if isinstance(value, bytes) else value

    return {name: [plain(each) for each in result.as_numpy(name).flatten().tolist()] for name in names}


def ask(binary_in, binary_out, **how):
    given = triton.InferInput("pixel_values", list(images.shape), "FP32")
    given.set_data_from_numpy(images, binary_data=binary_in)
    outputs = None if binary_out is None else [triton.InferRequestedOutput(n, binary_data=binary_out) for n in names]
    return client.infer("digits", [given], outputs=outputs, request_id="seven", **how)


def error_of(action):
    try:
        action()
    except InferenceServerException as error:
        return [error.status(), error.message()]
    return None


answers = {
    "json": ask(False, False),
    "binary": ask(True, True),
    "binary in": ask(True, False),
    "binary out": ask(False, True),
    "all outputs": ask(True, None),
    "gzip": ask(True, True, request_compression_algorithm="gzip", response_compression_algorithm="gzip"),
    "deflate": ask(True, True, request_compression_algorithm="deflate", response_compression_algorithm="deflate"),
    "version": ask(True, True, model_version="1"),
    "timeout": ask(True, True, timeout=5_000_000),
}
never = ask(True, True, parameters={"thresholds": "never"})
raw = triton.InferInput("images", [2, 28, 28, 1], "UINT8")
raw.set_data_from_numpy(np.full([2, 28, 28, 1], 9, np.uint8))
pending = [client.async_infer("digits", [raw]) for _ in range(8)]
asynchronous = [read(each.get_result()) for each in pending]
given = triton.InferInput("pixel_values", [2, 1, 28, 28], "FP32")
given.set_data_from_numpy(np.full_like(images, np.nan))

print(
    json.dumps(
        {
            "live": client.is_server_live(),
            "ready": client.is_server_ready(),
            "model ready": client.is_model_ready("digits"),
            "unknown ready": client.is_model_ready("letters"),
            "server": client.get_server_metadata(),
            "model": client.get_model_metadata("digits", "1"),
            "id": answers["json"].get_response()["id"],
            "answers": {name: read(result) for name, result in answers.items()},
            "never": read(never),
            "raw": asynchronous[0],
            "asynchronous": [each == asynchronous[0] for each in asynchronous],
            "unknown": error_of(lambda: client.infer("letters", [raw])),
            "nan": error_of(lambda: client.infer("digits", [given])),
            "sequence": error_of(lambda: client.infer("digits", [raw], sequence_id=3)),
        }
    )
)
