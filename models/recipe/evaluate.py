"""Scores predicted routes against a labelled split. Needs only Python itself.

    python3 models/recipe/evaluate.py --data DIR --predictions FILE.jsonl [--split test] [--json]

Each line of the predictions file has an `id` of the split, a `route` and a
`confidence`, as `triage classify --json` prints them.
"""

import argparse
import csv
import json
from collections import defaultdict
from pathlib import Path

from corpus import ROUTES, Query, read_split

# Words in a query; the last bucket has no end.
LENGTH_BUCKETS = ((1, 4), (5, 8), (9, 16), (17, 32), (33, None))
CALIBRATION_BINS = 15

Prediction = tuple[str, float]  # route, confidence


def read_also_ok(data: Path) -> dict[str, set[str]]:
    """Intents where a second route is acceptable, by the intent's full name."""
    accepted = defaultdict(set)
    with open(Path(data) / "triage" / "mapping_also_ok.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            source = row["dataset"].removesuffix("_intents")
            accepted[f"{source}/{row['intent']}"].add(row["also_ok"])
    return accepted


def figures(queries: list[Query], predictions: list[Prediction], also_ok: dict[str, set[str]]) -> dict:
    """Every figure this project reports about routes, as plain numbers."""
    right = [query.route == route for query, (route, _) in zip(queries, predictions)]
    lenient = [
        ok or route in also_ok.get(query.intent, ())
        for ok, query, (route, _) in zip(right, queries, predictions)
    ]
    routes = {name: route_figures(name, queries, predictions) for name in ROUTES}
    sources = grouped(right, [query.source for query in queries])
    return {
        "rows": len(queries),
        "accuracy": mean(right),
        "accuracy_also_ok": mean(lenient),
        "macro_f1": round(sum(r["f1"] for r in routes.values()) / len(routes), 4),
        "source_average": round(sum(s["accuracy"] for s in sources.values()) / len(sources), 4),
        "ece": calibration_error(right, [confidence for _, confidence in predictions]),
        "routes": routes,
        "sources": sources,
        "words": grouped(right, [length_bucket(query.text) for query in queries]),
    }


def route_figures(route: str, queries: list[Query], predictions: list[Prediction]) -> dict:
    wanted = [query.route == route for query in queries]
    given = [predicted == route for predicted, _ in predictions]
    both = sum(w and g for w, g in zip(wanted, given))
    precision = both / max(sum(given), 1)
    recall = both / max(sum(wanted), 1)
    f1 = 2 * precision * recall / (precision + recall) if both else 0.0
    return {
        "rows": sum(wanted),
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(f1, 4),
    }


def calibration_error(right: list[bool], confidences: list[float]) -> float:
    """Expected calibration error over equally wide bins of confidence."""
    bins = defaultdict(list)
    for ok, confidence in zip(right, confidences):
        bins[min(int(confidence * CALIBRATION_BINS), CALIBRATION_BINS - 1)].append((ok, confidence))
    gaps = (abs(sum(ok for ok, _ in members) - sum(c for _, c in members)) for members in bins.values())
    return round(sum(gaps) / max(len(right), 1), 4)


def length_bucket(text: str) -> str:
    words = max(len(text.split()), 1)
    for first, last in LENGTH_BUCKETS:
        if last is None:
            return f"{first}+"
        if words <= last:
            return f"{first}-{last}"
    raise AssertionError("the last bucket has no end")


def grouped(right: list[bool], keys: list[str]) -> dict[str, dict]:
    groups = defaultdict(list)
    for ok, key in zip(right, keys):
        groups[key].append(ok)
    names = sorted(groups, key=lambda key: (int(key.split("-")[0].rstrip("+")) if key[0].isdigit() else 0, key))
    return {name: {"rows": len(groups[name]), "accuracy": mean(groups[name])} for name in names}


def mean(values: list[bool]) -> float:
    return round(sum(values) / max(len(values), 1), 4)


def read_predictions(path: Path, queries: list[Query]) -> list[Prediction]:
    """The predictions in the order of `queries`; an error names what is missing."""
    found = {}
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                found[row["id"]] = (row["route"], float(row["confidence"]))
            except (ValueError, KeyError, TypeError) as error:
                raise SystemExit(f"{path}:{number}: no usable prediction: {error!r}") from error
    missing = [query.id for query in queries if query.id not in found]
    if missing:
        raise SystemExit(f"{path}: {len(missing)} of {len(queries)} queries have no prediction, first {missing[0]}")
    return [found[query.id] for query in queries]


def table(result: dict) -> str:
    """The figures as aligned text."""
    lines = [
        f"{'rows':<24}{result['rows']:>8}",
        f"{'accuracy':<24}{result['accuracy']:>8.4f}",
        f"{'  second route accepted':<24}{result['accuracy_also_ok']:>8.4f}",
        f"{'macro-F1':<24}{result['macro_f1']:>8.4f}",
        f"{'average over sources':<24}{result['source_average']:>8.4f}",
        f"{'calibration error':<24}{result['ece']:>8.4f}",
        "",
        f"{'route':<24}{'rows':>8}{'precision':>11}{'recall':>8}{'F1':>8}",
    ]
    for name, r in result["routes"].items():
        lines.append(f"{name:<24}{r['rows']:>8}{r['precision']:>11.4f}{r['recall']:>8.4f}{r['f1']:>8.4f}")
    for title, key in (("source", "sources"), ("words", "words")):
        lines += ["", f"{title:<24}{'rows':>8}{'accuracy':>11}"]
        lines += [f"{name:<24}{g['rows']:>8}{g['accuracy']:>11.4f}" for name, g in result[key].items()]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description="Score predicted routes against a labelled split.")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds triage/*.jsonl")
    parser.add_argument("--predictions", type=Path, required=True, help="JSON Lines with id, route, confidence")
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    options = parser.parse_args()

    queries = read_split(options.data, options.split)
    predictions = read_predictions(options.predictions, queries)
    result = figures(queries, predictions, read_also_ok(options.data))
    print(json.dumps(result, indent=2) if options.json else table(result))


if __name__ == "__main__":
    main()
