"""Prints what TensorBoard reads from a folder of event files, as JSON."""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.custom_scalar import layout_pb2

accumulator = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0})
accumulator.Reload()


def tensor(tag):
    return accumulator.Tensors(tag)[-1].tensor_proto.string_val[0]


layout = layout_pb2.Layout.FromString(tensor("custom_scalars__config__"))
print(
    json.dumps(
        {
            "scalars": {
                tag: [[event.step, event.value] for event in accumulator.Scalars(tag)]
                for tag in accumulator.Tags()["scalars"]
            },
            "text": tensor("run").decode(),
            "charts": {
                chart.title: list(chart.multiline.tag)
                for category in layout.category
                for chart in category.chart
            },
        }
    )
)
