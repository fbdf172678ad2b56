"""Reads ONNX files with the standard's own checker and runs them; prints one JSON line per file."""
import json
import sys

import numpy
import onnx
import onnxruntime

for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True)
    outputs = {o.name: [d.dim_param or d.dim_value for d in o.type.tensor_type.shape.dim] for o in inferred.graph.output}
    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    metadata = json.loads(session.get_modelmeta().custom_metadata_map['earlyexit'])
    random = numpy.random.default_rng(0)
    feeds = {}
    for tensor in session.get_inputs():
        shape = [3 if isinstance(size, str) else size for size in tensor.shape]
        if tensor.type == 'tensor(uint8)':
            feeds[tensor.name] = random.integers(0, 256, shape, 'uint8')
            continue
        feeds[tensor.name] = numpy.full(shape, 0.5, 'float32') if tensor.name == 'thresholds' else random.standard_normal(shape, 'float32')
    results = dict(zip([o.name for o in session.get_outputs()], session.run(None, feeds)))
    print(json.dumps({
        'outputs': outputs,
        'kind': metadata['kind'],
        'shapes': {name: list(value.shape) for name, value in results.items()},
        'types': {name: str(value.dtype) for name, value in results.items()},
        'exits': results['exit_index'].tolist() if 'exit_index' in results else None,
    }))
