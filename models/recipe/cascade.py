"""Early exits in front of the whole model: what they answer, what they cost, whether the quality stays.

`first_stage.py` trains the stages; nothing here knows how.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from torch import Tensor

from corpus import ROUTES
from evaluate import calibration_error
from network import fit_temperature

# Share of the cost of a query through the whole model: tokenizer and embeddings, whatever follows, and
# a stage on the embeddings (its arithmetic is a quarter of a percent; the rest is caution).
FIXED_COST = 0.03
STATIC_COST = 0.02

# Equal quality, in points: accuracy, macro-F1, average over sources, then the recall of each route.
TOLERANCE = np.array([0.2, 0.2, 0.2, 0.5, 0.5, 0.5]) + 1e-9
# A threshold is taken when at most this share of resamples of the choosing rows breaks any one tolerance.
RISK = 0.05
RESAMPLES = 400
THRESHOLDS = (*np.arange(0.80, 0.985, 0.01).round(2).tolist(), 0.985, 0.99, 0.995, 1.01)  # the last: nothing exits
# Sources that training lacks: what a new deployment looks like.
NEW_SOURCES = ("dstc11", "nq_open", "oasst_sample")


@dataclass
class Rows:
    """What is known about some queries: arrays of equal length."""

    truth: np.ndarray  # index of the right route
    full: np.ndarray  # index of the whole model's route
    confidence: np.ndarray  # of the whole model
    tokens: np.ndarray
    source: np.ndarray

    def take(self, rows: np.ndarray) -> "Rows":
        return Rows(*(column[rows] for column in vars(self).values()))


@dataclass
class Answers:
    """What a cascade says to some queries: arrays of equal length."""

    route: np.ndarray
    confidence: np.ndarray
    exited: np.ndarray
    cost: np.ndarray  # 1 is the whole model without any stage


@dataclass
class Cascade:
    """Stages in order: the layer each one reads (0: the embeddings), its logits, and the depth of the encoder."""

    layers: tuple[int, ...]
    logits: tuple[Tensor, ...]
    depth: int

    def take(self, rows: np.ndarray) -> "Cascade":
        return Cascade(self.layers, tuple(logits[rows] for logits in self.logits), self.depth)

    def temperatures(self, rows: Rows) -> tuple[float, ...]:
        return tuple(fit_temperature(logits, torch.from_numpy(rows.truth)) for logits in self.logits)

    def answer(self, rows: Rows, temperatures: tuple[float, ...], thresholds: tuple[float, ...]) -> Answers:
        overhead = STATIC_COST if self.layers[0] == 0 else 0.0
        count = len(rows.full)
        answers = Answers(rows.full.copy(), rows.confidence.copy(), np.zeros(count, bool), np.full(count, 1 + overhead))
        for layer, logits, temperature, threshold in zip(self.layers, self.logits, temperatures, thresholds):
            confidence, route = (part.numpy() for part in (logits / temperature).softmax(-1).max(-1))
            leaves = (confidence >= threshold) & ~answers.exited
            answers.route[leaves], answers.confidence[leaves] = route[leaves], confidence[leaves]
            answers.cost[leaves] = overhead + FIXED_COST + (1 - FIXED_COST) * layer / self.depth
            answers.exited |= leaves
        return answers

    def choose(self, rows: Rows, temperatures: tuple[float, ...]) -> tuple[float, ...]:
        """The cheapest thresholds that keep the quality on `rows` in all but RISK of their resamples."""
        tried = product(THRESHOLDS, repeat=len(self.layers))
        costs = [(self.answer(rows, temperatures, thresholds).cost.mean(), thresholds) for thresholds in tried]
        weights = resamples(len(rows.full), seed=0)
        for _, thresholds in sorted(costs):
            changes = change(rows, self.answer(rows, temperatures, thresholds).route, weights)
            if ((changes < -TOLERANCE).mean(0) <= RISK).all():
                return thresholds
        raise AssertionError("where nothing exits nothing changes")


def resamples(count: int, seed: int) -> np.ndarray:
    """How often each row is drawn in each bootstrap resample."""
    return np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), RESAMPLES).astype(float)


def quality(rows: Rows, route: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The figures of `evaluate.py` that TOLERANCE limits, in its order and in points, for many resamples at once.

    `weights` (resamples x rows) says how often each row counts.
    """
    right = route == rows.truth
    routes = range(len(ROUTES))
    names = np.unique(rows.source)
    wanted = weights @ np.stack([rows.truth == r for r in routes], 1)
    given = weights @ np.stack([route == r for r in routes], 1)
    both = weights @ np.stack([right & (route == r) for r in routes], 1)
    of_source = weights @ np.stack([rows.source == name for name in names], 1)
    right_of_source = weights @ np.stack([right & (rows.source == name) for name in names], 1)
    f1 = 2 * both / np.maximum(wanted + given, 1)
    average = right_of_source / np.maximum(of_source, 1)
    recall = both / np.maximum(wanted, 1)
    return 100 * np.column_stack([weights @ right / weights.sum(1), f1.mean(1), average.mean(1), recall])


def change(rows: Rows, route: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """What the figures gain over the whole model's."""
    weights = np.ones((1, len(route))) if weights is None else weights
    return quality(rows, route, weights) - quality(rows, rows.full, weights)


def is_equal(rows: Rows, route: np.ndarray) -> bool:
    return bool((change(rows, route)[0] >= -TOLERANCE).all())


def cross_fit(rows: Rows, cascade: Cascade, half: np.ndarray) -> tuple[Rows, Answers, list[bool], list[tuple]]:
    """Chooses on each half and answers on the other: all rows answered by thresholds that never saw them."""
    parts, equal, chosen = [], [], []
    for chooses in (half, ~half):
        seen, unseen = np.flatnonzero(chooses), np.flatnonzero(~chooses)
        temperatures = cascade.take(seen).temperatures(rows.take(seen))
        chosen.append(cascade.take(seen).choose(rows.take(seen), temperatures))
        answers = cascade.take(unseen).answer(rows.take(unseen), temperatures, chosen[-1])
        equal.append(is_equal(rows.take(unseen), answers.route))
        parts.append((unseen, answers))
    order = np.concatenate([unseen for unseen, _ in parts])
    columns = zip(*(vars(answers).values() for _, answers in parts))
    return rows.take(order), Answers(*map(np.concatenate, columns)), equal, chosen


def report(rows: Rows, answers: Answers) -> str:
    """Cost with its 95 % interval, what the quality gained, and who was kept from a human."""
    low, high = np.quantile(resamples(len(rows.full), seed=1) @ answers.cost / len(rows.full), (0.025, 0.975))
    gains = " ".join(f"{gain:+.2f}" for gain in change(rows, answers.route)[0])
    taken = (rows.full == ROUTES.index("human")) & (answers.route != rows.full)
    ece = [
        calibration_error((route == rows.truth).tolist(), confidence.tolist())
        for route, confidence in ((answers.route, answers.confidence), (rows.full, rows.confidence))
    ]
    left = answers.exited
    exited = [100 * np.mean(route[left] == rows.truth[left]) for route in (answers.route, rows.full)]
    lines = [
        f"cost {answers.cost.mean():.3f} [{low:.3f}, {high:.3f}], by tokens "
        f"{np.average(answers.cost, weights=rows.tokens):.3f}; {left.mean():.3f} exit, "
        f"right {exited[0]:.2f} (whole model {exited[1]:.2f})",
        f"change: accuracy, macro-F1, sources, recall of {', '.join(ROUTES)}: {gains}",
        f"taken from human {taken.sum()}, of them rightly human {(taken & (rows.truth == rows.full)).sum()}; "
        f"calibration error {ece[0]:.4f} (whole model {ece[1]:.4f})",
    ]
    new = np.flatnonzero(np.isin(rows.source, NEW_SOURCES))
    if len(new):
        gain = change(rows.take(new), answers.route[new])[0, 0]
        lines.append(f"new sources: cost {answers.cost[new].mean():.3f}, accuracy {gain:+.2f}")
    for name in np.unique(rows.source):
        of_name = np.flatnonzero(rows.source == name)
        gain = change(rows.take(of_name), answers.route[of_name])[0, 0]
        lines.append(f"  {name}: {answers.exited[of_name].mean():.2f} exit, accuracy {gain:+.2f}")
    return "\n".join(f"    {line}" for line in lines)
