"""Reads the labelled queries and decides how often each one is seen.

The sources differ in style as much as in meaning (one is all lower case, one
holds only long word problems, two hold no `remote` query at all), so a model
that sees them as they come learns to recognise the source. How often a row is
drawn is therefore decided here, by route, source and intent, and not by how
many rows a source happens to have.
"""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

ROUTES = ("script", "remote", "human")

# Queries written for this project, and the part of them that is not trained on.
AUTHORED = Path(__file__).parent / "queries"
HELD_OUT_PART = 12
# Files that only the head is fitted on: they were written after the encoder was trained.
HEAD_ONLY = {"languages", "urgent"}
# Files whose sections name the form of a query and not what it asks for.
SECTIONS_OF_FORM = {"registers"}

# Share of every batch. Nearer to balance than the files are (74/14/12): a query
# wrongly sent to the cheap path costs more than one wrongly kept from it.
ROUTE_SHARE = {"script": 0.50, "remote": 0.27, "human": 0.23}

# Long word problems and exams say "long means remote"; each counts as if it had
# at most this many rows.
LONG_SOURCES = {"gsm8k", "bbh", "mmlu"}
LONG_SOURCE_ROWS = 300

# Queries outside every known intent are what the model most often gets wrong,
# and the training split has only a hundred of them.
OUT_OF_SCOPE = "clinc150/oos"
OUT_OF_SCOPE_BOOST = 4.0

# `remote` rows as short as ordinary script queries: the ones that teach meaning.
SHORT_REMOTE_WORDS = 12
SHORT_REMOTE_BOOST = 2.0


@dataclass(frozen=True)
class Query:
    id: str
    text: str
    route: str
    intent: str
    source: str


def read_split(data: Path, split: str) -> list[Query]:
    """The queries of `train`, `dev` or `test`, in file order."""
    with open(split_file(data, split), encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Query(r["id"], r["text"], r["route"], r["intent"], r["source"]) for r in rows]


def read_authored(split: str, *, for_encoder: bool = False, folder: Path = AUTHORED) -> list[Query]:
    """The queries written for this project: `train`, or the twelfth part that is `held_out` to watch it.

    A file is a source of its own. `[route intent]` begins a section of one query a line.
    """
    queries = []
    for file in authored_files(folder, for_encoder):
        source, route, intent = f"authored_{file.stem}", "", ""
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if line.startswith("["):
                route, intent = line.strip("[] ").split(" ", 1)
                if route not in ROUTES:
                    raise SystemExit(f"{file}:{number}: no route {route!r}")
            elif line.strip():
                is_held_out = hashlib.sha256(line.encode()).digest()[0] % HELD_OUT_PART == 0
                if is_held_out == (split == "held_out"):
                    name = "" if file.stem in SECTIONS_OF_FORM else f"authored/{intent}"
                    queries.append(Query(f"{source}:{number}", line.strip(), route, name, source))
    return queries


def split_file(data: Path, split: str) -> Path:
    return Path(data) / "triage" / f"{split}.jsonl"


def describe_split(data: Path, split: str) -> dict:
    """What the model's provenance records about a file: name, hash, rows."""
    content = split_file(data, split).read_bytes()
    return {
        "file": f"triage/{split}.jsonl",
        "sha256": hashlib.sha256(content).hexdigest(),
        "rows": content.count(b"\n"),
    }


def authored_files(folder: Path, for_encoder: bool) -> list[Path]:
    return [file for file in sorted(folder.glob("*.txt")) if not (for_encoder and file.stem in HEAD_ONLY)]


def describe_authored(folder: Path = AUTHORED) -> list[dict]:
    """As `describe_split`, of the queries written for this project that the encoder is trained with."""
    return [
        {
            "file": f"{folder.name}/{file.name}",
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            "rows": sum(not line.startswith("[") for line in file.read_text(encoding="utf-8").splitlines()),
        }
        for file in authored_files(folder, for_encoder=True)
    ]


def draw_weights(queries: list[Query]) -> list[float]:
    """How often each query is drawn, relative to the others.

    Each route gets its fixed share. Within a route a source counts by the square
    root of its rows, and within a source an intent likewise: the large ones still
    count for more, but do not drown the small ones.
    """
    members = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for index, query in enumerate(queries):
        members[query.route][source_group(query)][query.intent].append(index)

    weights = [0.0] * len(queries)
    for route, sources in members.items():
        source_share = normalised({name: source_weight(name, intents) for name, intents in sources.items()})
        for name, intents in sources.items():
            intent_share = normalised({intent: len(rows) ** 0.5 for intent, rows in intents.items()})
            for intent, rows in intents.items():
                share = ROUTE_SHARE[route] * source_share[name] * intent_share[intent]
                for index in rows:
                    weights[index] = share / len(rows) * row_boost(queries[index])
    return weights


def source_group(query: Query) -> str:
    """Out-of-scope queries count as a source of their own."""
    return OUT_OF_SCOPE if query.intent == OUT_OF_SCOPE else query.source


def source_weight(name: str, intents: dict[str, list[int]]) -> float:
    rows = sum(len(members) for members in intents.values())
    if name in LONG_SOURCES:
        rows = min(rows, LONG_SOURCE_ROWS)
    return rows**0.5 * (OUT_OF_SCOPE_BOOST if name == OUT_OF_SCOPE else 1.0)


def row_boost(query: Query) -> float:
    short = len(query.text.split()) <= SHORT_REMOTE_WORDS
    return SHORT_REMOTE_BOOST if query.route == "remote" and short else 1.0


def normalised(weights: dict[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}
