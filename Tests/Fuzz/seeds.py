"""Writes the first inputs of the fuzz targets: seeds.py <target> <directory>."""

import pathlib
import struct
import subprocess
import sys

HEADER = (b'{"__metadata__":{"format":"pt"},"a":{"dtype":"I8","shape":[4,8],"data_offsets":[0,32]},'
          b'"b":{"dtype":"F32","shape":[],"data_offsets":[32,36]},"c":{"dtype":"BF16","shape":[0,2],"data_offsets":[36,36]}}')
DATA = bytes(range(36))
DOCUMENTS = [
    b'{"model_type":"bert","hidden_size":384,"layer_norm_eps":1e-12,"id2label":{"0":"script","1":"human"}}',
    b'{"version":"1.0","added_tokens":[{"id":0,"content":"[PAD]","special":true}],"model":{"type":"WordPiece","vocab":{"a":0}}}',
    b'[-9223372036854775808.0,1e308,-0.0,0.1,9223372036854775807,"\\ud83d\\ude00\\u0000\\n",null,true,false,[],{}]',
]


def frame(data: bytes) -> bytes:
    return subprocess.run(["zstd", "-q", "-19", "--check", "--content-size", "-c", f"--stream-size={len(data)}"],
                          input=data, stdout=subprocess.PIPE, check=True).stdout


def seekable(pieces: list[bytes]) -> bytes:
    frames = [frame(piece) for piece in pieces]
    entries = b"".join(struct.pack("<II", len(f), len(p)) + f[-4:] for f, p in zip(frames, pieces))
    body = entries + struct.pack("<IBI", len(frames), 0x80, 0x8F92EAB1)
    return b"".join(frames) + struct.pack("<II", 0x184D2A5E, len(body)) + body


def weight_files() -> list[bytes]:
    header = struct.pack("<Q", len(HEADER)) + HEADER
    pieces = b"".join(bytes([len(p)]) + p for p in (DATA[:16], DATA[16:32], DATA[32:]))
    return [
        b"\0" + header + DATA,
        b"\0" + seekable([header, DATA[:16], DATA[16:32], DATA[32:]]),
        b"\1" + HEADER + b"\0" + DATA,
        b"\2" + HEADER + b"\0" + pieces,
        b"\3" + frame(bytes(256)),
        b"\3" + frame(bytes(i * i % 251 for i in range(256))),
        b"\3" + frame(b"the cat and the dog and the hat " * 8),
    ]


def main() -> None:
    target, directory = sys.argv[1], pathlib.Path(sys.argv[2])
    seeds = weight_files() if target == "WeightFileFuzz" else [b"j" + document for document in DOCUMENTS]
    directory.mkdir(parents=True, exist_ok=True)
    for index, seed in enumerate(seeds):
        (directory / f"seed-{index}").write_bytes(seed)


main()
