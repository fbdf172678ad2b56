import { PIPELINE_OPTIONS, PIPELINE_PARTS } from './pipeline-parts';

/** A pipeline for Ray Data. */
export const RAY_PIPELINE = `"""Answers images with the early-exit network in model.onnx, on Ray Data.

    python pipeline.py --images 'photos/**/*.png' --out answers

runs here; with RAY_ADDRESS set it runs on that cluster, where this folder has to lie at the same path. A worker that
dies loses nothing: Ray starts another one and runs its images again.
"""

import argparse
import glob
import io
import json
import os

import numpy as np
import pyarrow as pa
import ray
from PIL import Image, ImageOps

${PIPELINE_PARTS}

class Classify:
    """One session a worker."""

    def __init__(self, column, invert, threads):
        import onnxruntime

        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(os.path.join(HERE, "model.onnx"), settings)
        self.column, self.invert = column, invert

    def __call__(self, batch):
        rows = batch.to_pylist()
        answers, read = [None] * len(rows), []
        for index, row in enumerate(rows):
            name, data = image_of_row(row, self.column)
            try:
                read.append((index, name, read_image(data, invert=self.invert)))
            except Exception as error:
                answers[index] = broken_row(name, error)
        if read:
            pixels = np.stack([image for _, _, image in read])
            outputs = self.session.run(["logits", "exit_index", "score"], {"pixel_values": pixels})
            for (index, name, _), answer in zip(read, zip(*outputs)):
                answers[index] = answer_row(name, answer)
        return pa.Table.from_pylist(answers, pa.schema(ROW))


def main(argv=None):
${PIPELINE_OPTIONS}    parser.add_argument("--workers", type=int, default=1, help="sessions that compute at once")
    parser.add_argument("--threads", type=int, default=1, help="of each session")
    options = parser.parse_args(argv)
    paths = sorted(glob.glob(options.images or options.parquet, recursive=True))
    if not paths:
        parser.error(f"no file is called {options.images or options.parquet}")
    if options.images:
        data, column = ray.data.read_binary_files(paths, include_paths=True), "bytes"
    else:
        data, column = ray.data.read_parquet(paths), options.column
    data.map_batches(
        Classify,
        fn_constructor_args=(column, options.invert, options.threads),
        batch_size=options.batch_size,
        batch_format="pyarrow",
        num_cpus=options.threads,
        compute=ray.data.ActorPoolStrategy(size=options.workers),
    ).write_parquet(options.out)


if __name__ == "__main__":
    main()
`;

/** What it needs from PyPI. */
export const RAY_REQUIREMENTS = 'aiohttp\nnumpy\nonnxruntime\npillow\npyarrow\nray[data]>=2.40\n';
