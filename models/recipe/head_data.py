"""Writes what `triage train` fits and calibrates the default model's head on.

    python3 models/recipe/head_data.py --data DIR --output DIR

`head.jsonl`: queries of train, drawn once each by the weights that the encoder
was trained with, so that no source, route or style outweighs the others, and some
nonsense.
`held_out.jsonl`: dev without its insurance rows, and the queries of our own
that were held out; queries out of scope count as a source of their own, as they
do in training. The insurance rows (`new_domain.jsonl`) are a domain that nothing
here was trained or calibrated on, and stay an honest measure of that; `test.jsonl`
is for `triage eval`.
"""

import argparse
import json
import random
from collections.abc import Callable
from pathlib import Path

from corpus import Query, draw_weights, read_authored, read_split, source_group

HEAD_ROWS = 20_000
NONSENSE_ROWS = 600
NEW_DOMAIN = "dstc11"


def drawn(queries: list[Query], rows: int, seed: int) -> list[Query]:
    """`rows` different queries, each as likely as its weight says (Efraimidis and Spirakis 2006)."""
    rng = random.Random(seed)
    weights = draw_weights(queries)
    keys = [rng.random() ** (1 / (weight * len(queries))) for weight in weights]
    chosen = sorted(range(len(queries)), key=lambda i: -keys[i])[:rows]
    return [queries[i] for i in sorted(chosen)]


def nonsense(rows: int, seed: int) -> list[Query]:
    """Texts that mean nothing: letters by chance, hands on a keyboard, words with their letters shuffled, symbols.

    They go where everything goes that no script is for. Without them the head
    has no opinion on what resembles nothing, and takes it for small talk.
    """
    rng = random.Random(seed)
    keys = ("qwertyuiop", "asdfghjkl", "zxcvbnm")

    def letters() -> str:
        return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(2, 10)))

    def mash() -> str:
        row = rng.choice(keys)
        return "".join(rng.choice(row) for _ in range(rng.randint(3, 9)))

    def shuffled() -> str:
        word = rng.choice(("account", "weather", "please", "transfer", "question", "delivery", "morning", "balance"))
        return "".join(rng.sample(word, len(word)))

    def symbols() -> str:
        return "".join(rng.choice("0123456789+-*/=()[]{}<>;:#&%$@!?._") for _ in range(rng.randint(3, 14)))

    texts = [
        " ".join(kind() for _ in range(rng.randint(1, 6)))
        for kind in (rng.choice((letters, letters, mash, shuffled, symbols)) for _ in range(rows))
    ]
    return [Query("", text, "remote", "", "nonsense") for text in texts]


def write(path: Path, queries: list[Query], source: Callable[[Query], str] = lambda q: q.source) -> None:
    with open(path, "w", encoding="utf-8") as file:
        for q in queries:
            row = {"text": q.text, "label": q.route, "route": q.route, "source": source(q)}
            # Texts of others are learnt from and not passed on: the model names our own as the nearest.
            if not q.source.startswith("authored_"):
                row["private"] = True
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the data of the default model's head.")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds triage/*.jsonl")
    parser.add_argument("--output", type=Path, required=True, help="folder to write into")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    train = read_split(options.data, "train") + read_authored("train")
    dev = read_split(options.data, "dev")
    head = drawn(train, HEAD_ROWS, options.seed) + nonsense(NONSENSE_ROWS, options.seed)
    write(options.output / "head.jsonl", head)
    held_out = [q for q in dev if q.source != NEW_DOMAIN] + read_authored("held_out")
    write(options.output / "held_out.jsonl", held_out, source_group)
    write(options.output / "new_domain.jsonl", [q for q in dev if q.source == NEW_DOMAIN])
    write(options.output / "test.jsonl", read_split(options.data, "test"))


if __name__ == "__main__":
    main()
