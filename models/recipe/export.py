"""Writes a trained encoder as an ordinary Hugging Face directory with `triage.json`."""

import argparse
import json
from pathlib import Path

from safetensors.torch import save
from tokenizers import Tokenizer

from corpus import describe_authored, describe_split
from network import MODEL_TOKENS, TriageNetwork

MODEL_VERSION = "0.2.0"
BASE_NAME = "all-MiniLM-L6-v2"
RECIPE = "models/recipe/train.py"
WEIGHTS_FILE = "model.safetensors"
LICENCES = Path(__file__).parent / "licences.json"


def write_encoder(
    options: argparse.Namespace, network: TriageNetwork, tokenizer: Tokenizer, measured: dict
) -> None:
    """Writes or replaces the encoder in `options.output`, as one that makes vectors of length 1."""
    options.output.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.detach().contiguous() for name, tensor in network.bert.state_dict().items()}
    (options.output / WEIGHTS_FILE).write_bytes(save(tensors, metadata={"format": "pt"}))
    tokenizer.save(str(options.output / "tokenizer.json"), pretty=False)
    write_json(options.output / "config.json", encoder_config(options.base))
    description = {
        "format": 1,
        "name": options.name,
        "version": MODEL_VERSION,
        "pooling": "mean",
        "pooler": False,
        "normalize": True,
        "maximum_tokens": MODEL_TOKENS,
        "provenance": {
            "base": BASE_NAME,
            "recipe": RECIPE,
            "seed": options.seed,
            "steps": options.steps,
            "data": [describe_split(options.data, "train"), *describe_authored()],
            "figures": measured,
        },
        "licences": json.loads(LICENCES.read_text(encoding="utf-8")),
    }
    write_json(options.output / "triage.json", description)


def encoder_config(base: Path) -> dict:
    """The base model's configuration without what only its own files need."""
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    for key in ("_name_or_path", "transformers_version", "gradient_checkpointing"):
        config.pop(key, None)
    return config | {"architectures": ["BertModel"]}


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
