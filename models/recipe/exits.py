"""What a first stage in front of the whole model answers, saves and costs, and where it should begin to."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

# A stage that is surer and more easily astonished than dev asks for loses little of the saving, and is safer on queries
# unlike dev's.
THRESHOLDS = (0.97, 0.975, 0.98, 0.985, 0.99, 0.995)
LIMITS = (0.5, 0.6, 0.7, 0.8)
# What the figures on the choosing rows may lose at most, in points: accuracy, macro-F1, average over sources, recall
# of the route that must not be missed, and what is right among the decided, over all and on average over sources
# (where the model's promise sets a limit besides).
TOLERANCE = np.array([0.15, 0.15, 0.15, 0.2, 0.15, 0.4])
# The share of strange texts, of the kinds and languages trained on, that may exit.
STRANGE_SHARE = 0.005
# Of fewer rows of a source a share says next to nothing; `triage train` draws the line there too.
LEAST_OF_SOURCE = 30
# The risk of a promise is shared among so many thresholds that `triage train` tries.
CANDIDATES = 50


@dataclass
class Rows:
    """Queries with what both say of them: arrays of equal length."""

    truth: np.ndarray  # number of the right label
    source: np.ndarray
    tokens: np.ndarray
    whole: np.ndarray  # number of the whole model's label
    decided: np.ndarray  # whether the whole model does not abstain
    first: np.ndarray  # number of the first stage's label
    probability: np.ndarray  # of that
    out_of_scope: np.ndarray  # as the first stage estimates it

    def exits(self, threshold: float, limit: float) -> np.ndarray:
        return (self.probability >= threshold) & (self.out_of_scope <= limit)


def by_source(rows: Rows, right: np.ndarray, kept: np.ndarray) -> float:
    """The plain mean over the sources of what is right among the rows kept; small sources are left out."""
    names, sizes = np.unique(rows.source, return_counts=True)
    shares = [right[kept & (rows.source == one)] for one in names[sizes >= LEAST_OF_SOURCE]]
    return np.mean([share.mean() for share in shares if len(share)])


def figures(rows: Rows, label: np.ndarray, decided: np.ndarray, careful: int) -> np.ndarray:
    """In percent, in the order of the tolerances."""
    right = label == rows.truth
    f1 = [
        2 * (right & (rows.truth == one)).sum() / max(1, (label == one).sum() + (rows.truth == one).sum())
        for one in np.unique(rows.truth)
    ]
    everywhere = np.ones(len(right), bool)
    parts = [
        right.mean(), np.mean(f1), by_source(rows, right, everywhere), right[rows.truth == careful].mean(),
        right[decided].mean(), by_source(rows, right, decided),
    ]
    return 100 * np.array(parts)


def change(rows: Rows, exits: np.ndarray, careful: int) -> tuple[np.ndarray, np.ndarray]:
    """The figures of the whole model, and what the first stage adds to them."""
    whole = figures(rows, rows.whole, rows.decided, careful)
    return whole, figures(rows, np.where(exits, rows.first, rows.whole), exits | rows.decided, careful) - whole


def choose(
    rows: Rows, strange: Callable[[float, float], float], careful: int, promise: dict | None
) -> tuple[float, float]:
    """The threshold and the limit that save most without losing more than the tolerance, or the promise.

    `strange` gives the share of strange texts that exit at both.
    """
    best, chosen = 0.0, None
    for threshold, limit in product(THRESHOLDS, LIMITS):
        exits = rows.exits(threshold, limit)
        saved = rows.tokens[exits].sum() / rows.tokens.sum()
        if saved <= best or strange(threshold, limit) > STRANGE_SHARE:
            continue
        is_kept = promise is None or renewed(promise, rows, exits) is not None
        if is_kept and (change(rows, exits, careful)[1] >= -TOLERANCE).all():
            best, chosen = saved, (threshold, limit)
    if chosen is None:
        raise SystemExit("no threshold keeps what the whole model decides; leave it without a first stage")
    return chosen


def report(name: str, rows: Rows, exits: np.ndarray, careful: int) -> str:
    whole, gain = change(rows, exits, careful)
    taken = exits & (rows.whole == careful)
    parts = (
        "accuracy", "macro-F1", "average over sources", "recall of the careful route", "right among the decided",
        "the same, average over sources",
    )
    saved = rows.tokens[exits].sum() / rows.tokens.sum()
    right = [(label == rows.truth)[exits].mean() for label in (rows.first, rows.whole)]
    lines = [
        f"{name}: {len(exits)} queries, {exits.mean():.1%} exit with {saved:.1%} of the tokens",
        f"    decided {rows.decided.mean():.2%} before, {(exits | rows.decided).mean():.2%} after",
        f"    of those that exit right {right[0]:.2%}, whole model {right[1]:.2%}",
        f"    taken from the careful route {taken.sum()}, of them its own {(taken & (rows.truth == careful)).sum()}",
    ]
    lines += [f"    {part}: {before:.2f} {after:+.2f}" for part, before, after in zip(parts, whole, gain)]
    return "\n".join(lines)


def renewed(promise: dict, rows: Rows, exits: np.ndarray) -> dict | None:
    """The promise of an error rate with what exits counted in; None where it would not hold any more."""
    decided = exits | rows.decided
    right = np.where(exits, rows.first, rows.whole) == rows.truth
    count, wrong = int(decided.sum()), int((decided & ~right).sum())
    bound = upper_bound(wrong, count, (1 - promise["certainty"]) / CANDIDATES)
    mean = 1 - by_source(rows, right, decided)
    if max(bound, mean) > promise["maximum_error"]:
        return None
    return promise | {"coverage": count / len(rows.truth), "rows": len(rows.truth), "decided": count, "wrong": wrong}


def upper_bound(wrong: int, count: int, risk: float) -> float:
    """The error rate with which so few are wrong with the probability `risk` only (Clopper and Pearson 1934)."""
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        logs = [
            math.lgamma(count + 1) - math.lgamma(k + 1) - math.lgamma(count - k + 1)
            + k * math.log(middle) + (count - k) * math.log1p(-middle)
            for k in range(wrong + 1)
        ]
        low, high = (middle, high) if sum(map(math.exp, logs)) > risk else (low, middle)
    return high
