"""Measures whether a first stage in front of the whole encoder pays: its cost at equal quality.

    python3 models/recipe/first_stage.py --data DIR --checkpoint DIR [--test]

A stage reads the mean over the tokens after some layer of the trained encoder (0: the embeddings, before
any layer), answers when it is sure enough, and else leaves the query to the next one, in the end the whole model.
Stages are trained on train, thresholds chosen on one half of dev and judged on the other.
"""

import argparse
import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import transformers
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from augment import vary
from cascade import Cascade, Rows, cross_fit, report
from corpus import ROUTES, Query, draw_weights, read_split
from export import WEIGHTS_FILE
from network import Batch, TriageNetwork, collate, load_tokenizer

HIDDEN = 192
# The mean logits of a few networks depend less on the seed; they are one network of as many times the width.
NETWORKS = 4
REPEATS = 3
EPOCHS = 12
VARIED_COPIES = 5
HEAD_ROWS = 256
HEAD_RATE = 1e-3
HEAD_DECAY = 0.05
RANDOM_HALVES = 15

Stage = nn.Sequential  # mean over the tokens to logits


def batches(ids: list[list[int]], rows: int = 64) -> Iterator[tuple[list[int], Batch]]:
    """Neighbours in length together, with their places."""
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    for start in range(0, len(order), rows):
        members = order[start : start + rows]
        yield members, collate([ids[i] for i in members])


def token_mean(hidden: Tensor, batch: Batch) -> Tensor:
    real = batch.mask.unsqueeze(-1).float()
    return (hidden * real).sum(1) / real.sum(1)


def encode(tokenizer: Tokenizer, texts: list[str]) -> list[list[int]]:
    return [encoding.ids for encoding in tokenizer.encode_batch(texts)]


@torch.no_grad()
def layer_means(network: TriageNetwork, ids: list[list[int]]) -> list[Tensor]:
    """The mean over the tokens after each layer, rows x width; the first is that of the embeddings."""
    config = network.bert.config
    means = [torch.empty(len(ids), config.hidden_size) for _ in range(config.num_hidden_layers + 1)]
    for members, batch in batches(ids):
        hidden = network.bert(batch.ids, attention_mask=batch.mask, output_hidden_states=True).hidden_states
        for mean, states in zip(means, hidden):
            mean[members] = token_mean(states, batch)
    return means


@torch.no_grad()
def varied_means(network: TriageNetwork, tokenizer: Tokenizer, queries: list[Query], seed: int) -> Tensor:
    """The mean embeddings of the queries, each rewritten at random."""
    rng = random.Random(seed)
    ids = encode(tokenizer, [vary(query.text, rng) for query in queries])
    means = torch.empty(len(ids), network.bert.config.hidden_size)
    for members, batch in batches(ids):
        means[members] = token_mean(network.bert.embeddings(batch.ids), batch)
    return means


def embedding_views(network: TriageNetwork, tokenizer: Tokenizer, queries: list[Query], means: Tensor) -> list[Tensor]:
    """What a stage on the embeddings learns from: their means, and those of the queries rewritten several times."""
    return [means] + [varied_means(network, tokenizer, queries, seed) for seed in range(VARIED_COPIES)]


@torch.no_grad()
def targets(network: TriageNetwork, last: Tensor, temperature: float) -> Tensor:
    """The whole model's probabilities."""
    return (network.classifier(last) / temperature).softmax(-1)


@torch.no_grad()
def describe(
    network: TriageNetwork, queries: list[Query], ids: list[list[int]], last: Tensor, temperature: float
) -> Rows:
    confidence, route = (network.classifier(last) / temperature).softmax(-1).max(-1)
    return Rows(
        truth=np.array([ROUTES.index(query.route) for query in queries]),
        full=route.numpy(),
        confidence=confidence.numpy(),
        tokens=np.array([len(one) for one in ids]),
        source=np.array([query.source for query in queries]),
    )


def fit_head(views: list[Tensor], target: Tensor, weights: Tensor, hidden: int, seed: int) -> Stage:
    """Learns to give `target` from any of the views of the rows; without a hidden layer it is linear."""
    torch.manual_seed(seed)
    mean, deviation = views[0].mean(0), views[0].std(0) + 1e-6
    width, routes = views[0].shape[1], target.shape[1]
    below = [nn.Linear(width, hidden), nn.GELU(), nn.Dropout(0.1)] if hidden else []
    head = nn.Sequential(*below, nn.Linear(hidden or width, routes))
    optimizer = torch.optim.AdamW(head.parameters(), lr=HEAD_RATE, weight_decay=HEAD_DECAY)
    steps = EPOCHS * (len(weights) // HEAD_ROWS)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    for epoch in range(EPOCHS):
        drawn = torch.multinomial(weights, steps // EPOCHS * HEAD_ROWS, replacement=True)
        for rows in drawn.split(HEAD_ROWS):
            logits = head((views[epoch % len(views)][rows] - mean) / deviation)
            loss = nn.functional.cross_entropy(logits, target[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    head.eval().requires_grad_(False)
    # The standardisation of the features, folded into the layer that reads them.
    first = head[0]
    first.weight /= deviation
    first.bias -= first.weight @ mean
    return head


def fit_stage(views: list[Tensor], target: Tensor, weights: Tensor, repeat: int = 0) -> Stage:
    seeds = range(repeat * NETWORKS, (repeat + 1) * NETWORKS)
    return stacked([fit_head(views, target, weights, HIDDEN, seed) for seed in seeds])


@torch.no_grad()
def stacked(heads: list[Stage]) -> Stage:
    """One network that gives the mean of the logits of `heads`, each with a hidden layer."""
    below, above = [head[0] for head in heads], [head[-1] for head in heads]
    dense = nn.Linear(below[0].in_features, sum(layer.out_features for layer in below))
    output = nn.Linear(dense.out_features, above[0].out_features)
    dense.weight.copy_(torch.cat([layer.weight for layer in below]))
    dense.bias.copy_(torch.cat([layer.bias for layer in below]))
    output.weight.copy_(torch.cat([layer.weight for layer in above], 1) / len(heads))
    output.bias.copy_(torch.stack([layer.bias for layer in above]).mean(0))
    return nn.Sequential(dense, nn.GELU(), output).eval().requires_grad_(False)


def first_half(queries: list[Query]) -> np.ndarray:
    return np.array([hashlib.sha256(query.id.encode()).digest()[0] % 2 == 0 for query in queries])


def judge(name: str, rows: Rows, cascade: Cascade, half: np.ndarray) -> None:
    """Prints what the cascade costs and keeps, over the two halves of dev and over random halves."""
    judged, answers, equal, chosen = cross_fit(rows, cascade, half)
    print(f"{name}: thresholds {chosen}, equal quality {equal}\n{report(judged, answers)}", flush=True)
    if len(cascade.layers) > 1:
        return
    rng, outcomes, costs = np.random.default_rng(0), [], []
    for _ in range(RANDOM_HALVES):
        _, answers, equal, _ = cross_fit(rows, cascade, rng.random(len(half)) < 0.5)
        outcomes += equal
        costs.append(answers.cost.mean())
    spread = f"cost {min(costs):.3f} to {max(costs):.3f}, equal in {sum(outcomes)}"
    print(f"    {len(outcomes)} random halves: {spread}", flush=True)


def load(options: argparse.Namespace) -> tuple[Tokenizer, TriageNetwork, float]:
    """The trained model and its temperature."""
    torch.set_num_threads(options.threads)
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    network = TriageNetwork(options.checkpoint).eval()
    network.load_state_dict(load_file(options.checkpoint / WEIGHTS_FILE))
    description = json.loads((options.checkpoint / "triage.json").read_text(encoding="utf-8"))
    return load_tokenizer(options.checkpoint), network, description["calibration"]["temperature"]


def measure(options: argparse.Namespace) -> None:
    tokenizer, network, temperature = load(options)
    train, dev = (read_split(options.data, split) for split in ("train", "dev"))
    weights = torch.tensor(draw_weights(train))
    train_means = layer_means(network, encode(tokenizer, [query.text for query in train]))
    target = targets(network, train_means[-1], temperature)
    dev_ids = encode(tokenizer, [query.text for query in dev])
    dev_means = layer_means(network, dev_ids)
    rows = describe(network, dev, dev_ids, dev_means[-1], temperature)
    half, depth = first_half(dev), network.bert.config.num_hidden_layers

    views = embedding_views(network, tokenizer, train, train_means[0])
    statics = [fit_stage(views, target, weights, repeat) for repeat in range(REPEATS)]
    exits = {0: statics[0](dev_means[0])}
    for repeat, static in enumerate(statics):
        judge(f"embeddings, seeds {repeat}", rows, Cascade((0,), (static(dev_means[0]),), depth), half)
    for layer in range(depth):
        linear = fit_head(train_means[layer : layer + 1], target, weights, 0, seed=0)
        judge(f"layer {layer}, linear", rows, Cascade((layer,), (linear(dev_means[layer]),), depth), half)
        if layer:
            exits[layer] = fit_stage(train_means[layer : layer + 1], target, weights)(dev_means[layer])
            judge(f"layer {layer}", rows, Cascade((layer,), (exits[layer],), depth), half)
    for first, second in ((0, 2), (0, 3), (0, 4), (2, 4)):
        both = Cascade((first, second), (exits[first], exits[second]), depth)
        judge(f"layers {first} and {second}", rows, both, half)

    if options.test:
        cascade = Cascade((0,), (exits[0],), depth)
        temperatures = cascade.temperatures(rows)
        thresholds = cascade.choose(rows, temperatures)
        print(f"all of dev: temperatures {temperatures}, thresholds {thresholds}")
        print(report(rows, cascade.answer(rows, temperatures, thresholds)))
        test = read_split(options.data, "test")
        test_ids = encode(tokenizer, [query.text for query in test])
        test_means = layer_means(network, test_ids)
        test_rows = describe(network, test, test_ids, test_means[-1], temperature)
        cascade = Cascade((0,), (statics[0](test_means[0]),), depth)
        print(f"test\n{report(test_rows, cascade.answer(test_rows, temperatures, thresholds))}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a first stage in front of the default model.")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds triage/*.jsonl")
    parser.add_argument("--checkpoint", type=Path, required=True, help="what train.py wrote")
    parser.add_argument("--test", action="store_true", help="at the end, the stage on the embeddings on test, once")
    parser.add_argument("--threads", type=int, default=2)
    measure(parser.parse_args())


if __name__ == "__main__":
    main()
