"""Reads a config.pbtxt by the schema that NVIDIA publishes with its client, and prints it as JSON."""

import importlib.util
import pathlib
import sys

import tritonclient
from google.protobuf import json_format, text_format

# By its path: the package around it needs gRPC.
path = pathlib.Path(tritonclient.__path__[0]) / "grpc" / "model_config_pb2.py"
spec = importlib.util.spec_from_file_location("model_config_pb2", path)
schema = importlib.util.module_from_spec(spec)
spec.loader.exec_module(schema)
config = text_format.Parse(pathlib.Path(sys.argv[1]).read_text(), schema.ModelConfig())
print(json_format.MessageToJson(config, preserving_proto_field_name=True))
