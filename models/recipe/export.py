"""Writes a trained network as an ordinary Hugging Face directory with `triage.json`."""

import argparse
import json
from pathlib import Path

from safetensors.torch import save
from tokenizers import Tokenizer

from corpus import ROUTES, describe_split
from network import TriageNetwork

MODEL_NAME = "triage-en"
MODEL_VERSION = "0.1.0"
BASE_NAME = "all-MiniLM-L6-v2"
RECIPE = "models/recipe/train.py"
WEIGHTS_FILE = "model.safetensors"
LICENCES = Path(__file__).parent / "licences.json"


def write_model(
    options: argparse.Namespace,
    network: TriageNetwork,
    tokenizer: Tokenizer,
    temperature: float,
    measured: dict,
) -> None:
    """Writes or replaces the model in `options.output`."""
    options.output.mkdir(parents=True, exist_ok=True)
    tensors = {name: tensor.detach().contiguous() for name, tensor in network.state_dict().items()}
    (options.output / WEIGHTS_FILE).write_bytes(save(tensors, metadata={"format": "pt"}))
    tokenizer.save(str(options.output / "tokenizer.json"), pretty=False)
    write_json(options.output / "config.json", model_config(options.base))
    provenance = {
        "base": BASE_NAME,
        "recipe": RECIPE,
        "seed": options.seed,
        "steps": options.steps,
        "data": [describe_split(options.data, "train")],
        "figures": measured,
    }
    write_json(options.output / "triage.json", triage_description(temperature, provenance))


def model_config(base: Path) -> dict:
    """The base model's configuration as a classifier of the three routes."""
    config = json.loads((base / "config.json").read_text(encoding="utf-8"))
    for key in ("_name_or_path", "transformers_version", "gradient_checkpointing"):
        config.pop(key, None)
    return config | {
        "architectures": ["BertForSequenceClassification"],
        "problem_type": "single_label_classification",
        "id2label": {str(index): name for index, name in enumerate(ROUTES)},
        "label2id": {name: index for index, name in enumerate(ROUTES)},
    }


def triage_description(temperature: float, provenance: dict) -> dict:
    return {
        "format": 1,
        "name": MODEL_NAME,
        "version": MODEL_VERSION,
        "pooling": "mean",
        "labels": [{"name": name, "route": name} for name in ROUTES],
        "calibration": {"temperature": temperature},
        "provenance": provenance,
        "licences": json.loads(LICENCES.read_text(encoding="utf-8")),
    }


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
