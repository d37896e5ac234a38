"""Writes tensors as a safetensors file in Zstandard's seekable format, as `triage` reads it."""

import json
import struct
from pathlib import Path

import numpy as np
import zstandard

TYPES = {"float32": "F32", "float16": "F16", "int8": "I8"}
ALIGNMENT = 64
FRAME_BYTES = 1 << 20


def read(path: Path) -> dict[str, np.ndarray]:
    content = zstandard.ZstdDecompressor().stream_reader(path.read_bytes(), read_across_frames=True).read()
    size = struct.unpack("<Q", content[:8])[0]
    header, data = json.loads(content[8 : 8 + size]), content[8 + size :]
    names = {stored: name for name, stored in TYPES.items()}
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], names[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()
        if name != "__metadata__"
    }


def write(path: Path, tensors: dict[str, np.ndarray]) -> None:
    """The header in a frame of its own, then each tensor in one or more; wider elements first."""
    order = sorted(tensors.items(), key=lambda item: (-item[1].itemsize, item[0]))
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, tensor in order:
        end = offset + tensor.nbytes
        header[name] = {"dtype": TYPES[tensor.dtype.name], "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-(8 + len(text)) % ALIGNMENT)
    parts = [struct.pack("<Q", len(text)) + text]
    for _, tensor in order:
        content = np.ascontiguousarray(tensor).tobytes()
        parts += [content[start : start + FRAME_BYTES] for start in range(0, len(content), FRAME_BYTES)]
    compressor = zstandard.ZstdCompressor(level=19, write_checksum=True, write_content_size=True)
    frames = [compressor.compress(part) for part in parts]
    # A frame ends with its checksum, which the table repeats.
    table = b"".join(struct.pack("<II", len(frame), len(part)) + frame[-4:] for frame, part in zip(frames, parts))
    footer = struct.pack("<IBI", len(frames), 0x80, 0x8F92EAB1)
    path.write_bytes(b"".join(frames) + struct.pack("<II", 0x184D2A5E, len(table) + len(footer)) + table + footer)
