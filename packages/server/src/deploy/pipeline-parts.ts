/** What both pipelines share: reading an image, and the row of an answer. Python, as their users run it. */
export const PIPELINE_PARTS = `HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, "model.json"), encoding="utf-8") as file:
    NETWORK = json.load(file)


def read_image(data, network=NETWORK, invert=False):
    """The input of the network for a file: resized to cover, cut from the centre, normalised; [channels, height, width]."""
    height, width, channels = network["inputShape"]
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("L" if channels == 1 else "RGB")
    shorter = network["shorterSide"]
    if shorter is not None or image.size != (width, height):
        scale = max(width / image.width, height / image.height) if shorter is None else shorter / min(image.size)
        size = (max(width, round(image.width * scale)), max(height, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.BICUBIC)
        left, top = (image.width - width) // 2, (image.height - height) // 2
        image = image.crop((left, top, left + width, top + height))
    pixels = np.asarray(image, np.uint8).reshape(height, width, channels)
    pixels = (255 - pixels if invert else pixels).astype(np.float64) / 255
    pixels = (pixels - network["mean"]) / network["standardDeviation"]
    return pixels.astype(np.float32).transpose(2, 0, 1)


def answer_row(name, answer, network=NETWORK):
    """What is written of an image: its answer, the exit that gave it, the score there and the cost."""
    logits, exit_index, score = answer
    label = int(np.argmax(logits))
    leaving = network["exits"][int(exit_index)]
    return {
        "image": name,
        "class_index": label,
        "label": network["classes"][label],
        "exit_index": int(exit_index),
        "exit_name": leaving["name"],
        "score": float(score),
        "macs": int(leaving["macs"]),
        "error": None,
    }


def broken_row(name, error):
    """An image that cannot be read is no reason to lose the others."""
    return {**dict.fromkeys(ROW), "image": name, "error": f"{type(error).__name__}: {error}"}


ROW = {
    "image": pa.string(),
    "class_index": pa.int64(),
    "label": pa.string(),
    "exit_index": pa.int64(),
    "exit_name": pa.string(),
    "score": pa.float64(),
    "macs": pa.int64(),
    "error": pa.string(),
}


def image_of_row(row, column):
    """Name and bytes of a row of Parquet; images may be bytes, or bytes and a path as data sets of Hugging Face have them."""
    value = row[column]
    if isinstance(value, dict):
        return value.get("path") or "", value["bytes"]
    return str(row.get("path", "")), value
`;

/** The options of both. */
export const PIPELINE_OPTIONS = `    parser = argparse.ArgumentParser(description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--images", help="files: 'photos/**/*.png'")
    source.add_argument("--parquet", help="files of Parquet: 'part-*.parquet'")
    parser.add_argument("--column", default="image", help="of the images in Parquet")
    parser.add_argument("--out", required=True, help="where the answers go, as Parquet")
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--invert", action="store_true", help="exchange light and dark")
`;
