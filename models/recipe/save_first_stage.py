"""Trains the first stage on the embeddings and writes it beside the whole model, for `triage convert`.

    python3 models/recipe/save_first_stage.py --data DIR --checkpoint build/triage-hf --output build/triage-staged

`first_stage.py` says why there is one, and how it is trained.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save

from cascade import Cascade, Rows, report
from corpus import draw_weights, read_split
from evaluate import calibration_error
from export import WEIGHTS_FILE, write_json
from first_stage import Stage, describe, embedding_views, encode, fit_stage, layer_means, load, targets
from network import fit_temperature

# A stage that is surer than dev asks for loses little of the saving and is safer on queries unlike dev's.
LEAST_THRESHOLD = 0.95
RECIPE = "models/recipe/save_first_stage.py"


def save_stage(options: argparse.Namespace) -> None:
    tokenizer, network, temperature = load(options)
    train, dev = (read_split(options.data, split) for split in ("train", "dev"))
    train_means = layer_means(network, encode(tokenizer, [query.text for query in train]))
    target = targets(network, train_means[-1], temperature)
    views = embedding_views(network, tokenizer, train, train_means[0])
    stage = fit_stage(views, target, torch.tensor(draw_weights(train)))

    dev_ids = encode(tokenizer, [query.text for query in dev])
    dev_means = layer_means(network, dev_ids)
    rows = describe(network, dev, dev_ids, dev_means[-1], temperature)
    cascade = Cascade((0,), (stage(dev_means[0]),), network.bert.config.num_hidden_layers)
    temperatures = cascade.temperatures(rows)
    chosen = cascade.choose(rows, temperatures)
    threshold = max(LEAST_THRESHOLD, float(chosen[0]))
    answers = cascade.answer(rows, temperatures, (threshold,))
    print(f"dev asks for {chosen[0]}, taken {threshold}\n{report(rows, answers)}", flush=True)

    settings = {"intermediate_size": stage[0].out_features, "temperature": temperatures[0], "threshold": threshold}
    later = later_temperature(rows, answers.exited, network.classifier(dev_means[-1]).detach())
    if later is not None:
        settings["later_temperature"] = later
    write(options, stage, settings)


def later_temperature(rows: Rows, exited: np.ndarray, logits: torch.Tensor) -> float | None:
    """The whole model's temperature for what the stage leaves to it; nil where that is no better calibrated."""
    truth, left = torch.from_numpy(rows.truth), torch.from_numpy(~exited)
    temperature = fit_temperature(logits[left], truth[left])
    right = (rows.full == rows.truth)[~exited].tolist()
    before = calibration_error(right, rows.confidence[~exited].tolist())
    confidence = (logits[left] / temperature).softmax(-1).max(-1).values
    after = calibration_error(right, confidence.tolist())
    print(f"calibration error of what goes on: {before}, at temperature {temperature} {after}", flush=True)
    return temperature if after < before else None


def write(options: argparse.Namespace, stage: Stage, settings: dict) -> None:
    """A copy of the checkpoint with the stage's tensors and settings."""
    shutil.copytree(options.checkpoint, options.output)
    tensors = load_file(options.output / WEIGHTS_FILE)
    for name, layer in (("dense", stage[0]), ("output", stage[-1])):
        tensors[f"first_stage.{name}.weight"] = layer.weight.contiguous()
        tensors[f"first_stage.{name}.bias"] = layer.bias.contiguous()
    (options.output / WEIGHTS_FILE).write_bytes(save(tensors, metadata={"format": "pt"}))
    path = options.output / "triage.json"
    description = json.loads(path.read_text(encoding="utf-8"))
    description["first_stage"] = settings
    description["provenance"]["first_stage"] = {"recipe": RECIPE, "seeds": "0 to 3"}
    write_json(path, description)
    print(json.dumps(settings))


def main() -> None:
    parser = argparse.ArgumentParser(description="Add a first stage to the default model.")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds triage/*.jsonl")
    parser.add_argument("--checkpoint", type=Path, required=True, help="what train.py wrote")
    parser.add_argument("--output", type=Path, required=True, help="folder to write; must not exist")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if options.output.exists():
        parser.error(f"{options.output} exists")
    save_stage(options)


if __name__ == "__main__":
    main()
