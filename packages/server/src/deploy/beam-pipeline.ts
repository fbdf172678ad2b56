import { PIPELINE_OPTIONS, PIPELINE_PARTS } from './pipeline-parts';

/** A pipeline for Apache Beam around its own handler of ONNX files. */
export const BEAM_PIPELINE = `"""Answers images with the early-exit network in model.onnx, on Apache Beam.

    python pipeline.py --images 'photos/**/*.png' --out answers/part

runs here; --runner FlinkRunner, SparkRunner or DataflowRunner runs the same elsewhere. Options that are not listed go to
Beam. A worker that dies loses nothing: Beam runs its images again.
"""

import argparse
import io
import json
import os

import apache_beam as beam
import numpy as np
import pyarrow as pa
from apache_beam.io import fileio
from apache_beam.ml.inference.base import KeyedModelHandler, RunInference
from apache_beam.ml.inference.onnx_inference import OnnxModelHandlerNumpy
from apache_beam.options.pipeline_options import PipelineOptions
from PIL import Image, ImageOps

${PIPELINE_PARTS}

def all_outputs(session, batch, inference_args=None):
    """Beam's own function returns the first output alone."""
    outputs = session.run(["logits", "exit_index", "score"], {"pixel_values": np.stack(batch)})
    return list(zip(*outputs))


class Read(beam.DoFn):
    def __init__(self, invert):
        self.invert = invert

    def process(self, element):
        name, data = element
        try:
            yield name, read_image(data, invert=self.invert)
        except Exception as error:
            yield beam.pvalue.TaggedOutput("broken", broken_row(name, error))


def main(argv=None):
${PIPELINE_OPTIONS}    options, others = parser.parse_known_args(argv)
    handler = OnnxModelHandlerNumpy(
        os.path.join(HERE, "model.onnx"), inference_fn=all_outputs, max_batch_size=options.batch_size
    )
    with beam.Pipeline(options=PipelineOptions(others, save_main_session=True)) as pipeline:
        if options.images:
            files = (
                pipeline
                # Beam's ** stands for at least one folder, where the shell's stands for none too.
                | fileio.MatchFiles(options.images.replace("**/", "**"))
                | fileio.ReadMatches()
                | beam.Map(lambda file: (file.metadata.path, file.read()))
            )
        else:
            column = options.column
            files = pipeline | beam.io.ReadFromParquet(options.parquet) | beam.Map(lambda row: image_of_row(row, column))
        images = files | beam.Reshuffle() | beam.ParDo(Read(options.invert)).with_outputs("broken", main="read")
        answers = (
            images.read
            | RunInference(KeyedModelHandler(handler))
            | beam.Map(lambda answer: answer_row(answer[0], answer[1].inference))
        )
        _ = (
            (answers, images.broken)
            | beam.Flatten()
            | beam.io.WriteToParquet(options.out, pa.schema(ROW), file_name_suffix=".parquet")
        )


if __name__ == "__main__":
    main()
`;

/** What it needs from PyPI. */
export const BEAM_REQUIREMENTS = 'apache-beam>=2.60\nnumpy\nonnx\nonnxruntime\npillow\npyarrow\n';
