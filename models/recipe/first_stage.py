"""Trains the first stage of a model with a fitted head, and writes the model anew with it.

    python3 models/recipe/first_stage.py --data DIR --encoder build/encoder --model build/whole \
        --output models/triage-en

The stage is a network with one hidden layer on the mean of a text's token embeddings. It learns what the whole
model says of a query: its logits, and how strange it is to it; and of texts that no service is asked (`strange.py`)
that they are as strange as can be. It answers where its calibrated probability reaches a threshold and its estimate
of the strangeness stays below a limit. Both are chosen on dev without the domain that nothing is trained on
(`head_data.py`); that domain, and strange texts in other languages, judge what came out, in 8 bits, as the program
answers.
"""

import argparse
import json
import random
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

import container
from augment import vary
from corpus import Query, draw_weights, read_authored, read_split, source_group
from exits import Rows, choose, renewed, report
from export import WEIGHTS_FILE, write_json
from head_data import NEW_DOMAIN
from network import collate, fit_temperature, load_tokenizer
from strange import JUDGED_LANGUAGES, JUDGED_STATEMENTS, TRAINING_LANGUAGES, TRAINING_STATEMENTS, StrangeTexts

HIDDEN = 768
VARIED_COPIES = 4
# Strange texts: to train on, to choose by and to judge by.
STRANGE_ROWS, CHOOSING_STRANGE_ROWS, JUDGED_STRANGE_ROWS = 40_000, 2_000, 300
# The share of what is drawn that is strange.
STRANGE_SHARE = 0.25
EPOCHS = 6
EPOCH_ROWS = 150_000
BATCH_ROWS = 256
RATE = 1e-3
DECAY = 0.05
DROPOUT = 0.1
STRANGENESS_LOSS = 0.5
CAREFUL_ROUTE = "human"
HEAD_FILE = "head.safetensors.zst"
RECIPE = "models/recipe/first_stage.py"


@dataclass
class Answers:
    """What the whole model says of some texts."""

    logits: Tensor  # rows x labels
    strangeness: Tensor  # rows
    decided: np.ndarray


class Program:
    """The `triage` program with a model."""

    def __init__(self, program: Path, model: Path):
        self.program, self.model = program, model
        self.description = json.loads((model / "triage.json").read_text(encoding="utf-8"))
        self.labels = [label["name"] for label in self.description["labels"]]
        self.scope = self.description["head"]["scope"]

    def save(self, first_stage: dict) -> None:
        """Writes the description with these settings."""
        self.description["first_stage"] = first_stage
        write_json(self.model / "triage.json", self.description)

    def classify(self, texts: list[str], *flags: str) -> list[dict]:
        """One object a text."""
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
            file.writelines(json.dumps({"text": text}) + "\n" for text in texts)
            file.flush()
            options = ["--model", self.model, "--json", "--logits", *flags, "--file", file.name]
            command = [self.program, "classify", *options]
            lines = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.splitlines()
        return [self.complete(json.loads(line)) for line in lines]

    def complete(self, answer: dict) -> dict:
        """A text of which no token is known, which neither stage is asked about, counts as strange as can be."""
        if answer["label"] is not None:
            return answer
        unknown = {"label": answer["route"], "confidence": 0.0, "out_of_scope": 1.0}
        return answer | unknown | {"logits": dict.fromkeys(self.labels, 0.0)}

    def answers(self, texts: list[str]) -> Answers:
        """Of the whole model."""
        rows = self.classify(texts, "--whole")
        # A share stands for a strangeness; beyond the ends of the list it is cut off.
        shares, values = self.scope["shares"], self.scope["values"]
        strangeness = np.interp([row["out_of_scope"] for row in rows], shares, values)
        return Answers(
            logits=torch.tensor([[row["logits"][name] for name in self.labels] for row in rows]),
            strangeness=torch.tensor(strangeness, dtype=torch.float32),
            decided=np.array([row["outcome"] == "classified" for row in rows]),
        )


class Embeddings:
    """The mean of the token embeddings of texts, as the first stage reads it."""

    def __init__(self, model: Path, encoder: Path):
        self.tokenizer = load_tokenizer(model)
        tensors = {name: tensor.float() for name, tensor in load_file(encoder / WEIGHTS_FILE).items()}
        self.words = tensors["embeddings.word_embeddings.weight"]
        segment = tensors["embeddings.token_type_embeddings.weight"][0]
        self.positions = tensors["embeddings.position_embeddings.weight"] + segment
        self.scale, self.shift = tensors["embeddings.LayerNorm.weight"], tensors["embeddings.LayerNorm.bias"]
        self.epsilon = json.loads((encoder / "config.json").read_text(encoding="utf-8"))["layer_norm_eps"]

    @torch.no_grad()
    def means(self, texts: list[str]) -> Tensor:
        ids = [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]
        means = torch.empty(len(ids), self.words.shape[1])
        order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
        for start in range(0, len(order), 256):
            members = order[start : start + 256]
            batch = collate([ids[row] for row in members])
            embedded = self.words[batch.ids] + self.positions[: batch.ids.shape[1]]
            embedded = nn.functional.layer_norm(embedded, embedded.shape[-1:], self.scale, self.shift, self.epsilon)
            real = batch.mask.unsqueeze(-1).float()
            means[members] = (embedded * real).sum(1) / real.sum(1)
        return means

    def lengths(self, texts: list[str]) -> np.ndarray:
        return np.array([len(encoding.ids) for encoding in self.tokenizer.encode_batch(texts)])


def fit(means: Tensor, told: Answers, weights: Tensor, temperature: float, seed: int) -> nn.Sequential:
    """Mean embedding to logits and strangeness."""
    torch.manual_seed(seed)
    centre, deviation = means.mean(0), means.std(0) + 1e-6
    target = (told.logits / temperature).softmax(-1)
    labels = target.shape[1]
    network = nn.Sequential(
        nn.Linear(means.shape[1], HIDDEN), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(HIDDEN, labels + 1)
    )
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * (EPOCH_ROWS // BATCH_ROWS)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
    for epoch in range(EPOCHS):
        drawn = torch.multinomial(weights, EPOCH_ROWS // BATCH_ROWS * BATCH_ROWS, replacement=True)
        sums = torch.zeros(2)
        for rows in drawn.split(BATCH_ROWS):
            output = network((means[rows] - centre) / deviation)
            routes = nn.functional.cross_entropy(output[:, :labels], target[rows])
            strangeness = nn.functional.smooth_l1_loss(output[:, labels], told.strangeness[rows])
            optimizer.zero_grad()
            (routes + STRANGENESS_LOSS * strangeness).backward()
            optimizer.step()
            schedule.step()
            sums += torch.stack([routes, strangeness]).detach()
        print(f"epoch {epoch + 1}: {(sums / (EPOCH_ROWS // BATCH_ROWS)).tolist()}", flush=True)
    network.eval().requires_grad_(False)
    # The standardisation of the input, folded into the layer that reads it.
    network[0].weight /= deviation
    network[0].bias -= network[0].weight @ centre
    return network


def training_texts(queries: list[Query]) -> tuple[list[str], Tensor]:
    """Queries as they are and rewritten several times, and how often each is drawn."""
    rng = random.Random(1)
    texts = [q.text for q in queries] + [vary(q.text, rng) for _ in range(VARIED_COPIES) for q in queries]
    weights = torch.tensor(draw_weights(queries)).tile(1 + VARIED_COPIES)
    return texts, weights / weights.sum()


class Sources:
    """Strange texts of every kind, by seed; those to judge by in languages that those to train on lack."""

    def __init__(self, queries: list[Query], model: Path):
        self.words = [word for query in queries for word in query.text.split()]
        self.pieces = sorted(piece for piece in load_tokenizer(model).get_vocab() if not piece.startswith("["))

    def strange(self, count: int, seed: int, is_judging: bool = False) -> list[str]:
        languages, statements = (
            (JUDGED_LANGUAGES, JUDGED_STATEMENTS) if is_judging else (TRAINING_LANGUAGES, TRAINING_STATEMENTS)
        )
        return StrangeTexts(languages, statements, self.pieces, self.words, seed).draw(count)


def train(options: argparse.Namespace, program: Program, embeddings: Embeddings, sources: Sources) -> nn.Sequential:
    texts, weights = training_texts(read_split(options.data, "train") + read_authored("train"))
    told = program.answers(texts)
    strange = sources.strange(STRANGE_ROWS, seed=1)
    # Of a strange text nothing is known but that it is strange.
    told.logits = torch.cat([told.logits, torch.zeros(len(strange), len(program.labels))])
    told.strangeness = torch.cat([told.strangeness, torch.full((len(strange),), program.scope["values"][-1])])
    weights = torch.cat([weights * (1 - STRANGE_SHARE), torch.full((len(strange),), STRANGE_SHARE / len(strange))])
    means = embeddings.means(texts + strange)
    return fit(means, told, weights, program.description["calibration"]["temperature"], seed=1)


def held_out(options: argparse.Namespace) -> tuple[list[Query], list[Query]]:
    """What to choose by, and the domain that nothing was trained on."""
    dev = read_split(options.data, "dev")
    known = [query for query in dev if query.source != NEW_DOMAIN] + read_authored("held_out")
    return known, [query for query in dev if query.source == NEW_DOMAIN]


def write(options: argparse.Namespace, embeddings: Embeddings, whole: Program, stage: nn.Sequential) -> Program:
    """A copy of the model with the stage's tensors and temperature; it answers every text."""
    shutil.copytree(options.model, options.output)
    tensors = container.read(options.output / HEAD_FILE)
    dense, output = stage[0], stage[-1]
    # As every layer in 8 bits: symmetric, one scale a row.
    scale = dense.weight.abs().amax(1, keepdim=True) / 127
    tensors |= {
        "first_stage.dense.weight": (dense.weight / scale).round().to(torch.int8).numpy(),
        "first_stage.dense.weight_scale": scale.numpy(),
        "first_stage.dense.bias": dense.bias.numpy(),
        "first_stage.output.weight": output.weight.numpy(),
        "first_stage.output.bias": output.bias.numpy(),
    }
    container.write(options.output / HEAD_FILE, tensors)
    config = json.loads((options.output / "config.json").read_text(encoding="utf-8"))
    config["quantization_config"]["ignore"].append("first_stage.output")
    write_json(options.output / "config.json", config)
    queries = held_out(options)[0]
    logits = stage(embeddings.means([query.text for query in queries]))[:, : len(whole.labels)]
    truth = torch.tensor([whole.labels.index(query.route) for query in queries])
    staged = Program(options.triage, options.output)
    staged.description["training"]["first_stage"] = {"recipe": RECIPE, "seed": 1}
    staged.save({"temperature": fit_temperature(logits, truth), "threshold": 0, "out_of_scope_limit": 1})
    return staged


def answered(queries: list[Query], whole: Program, staged: Program, embeddings: Embeddings) -> Rows:
    """What the whole model says of queries, and what the first stage, which must answer all of them."""
    texts = [query.text for query in queries]
    told, first = whole.answers(texts), staged.classify(texts)
    return Rows(
        truth=np.array([whole.labels.index(query.route) for query in queries]),
        source=np.array([source_group(query) for query in queries]),
        tokens=embeddings.lengths(texts),
        whole=told.logits.argmax(-1).numpy(),
        decided=told.decided,
        first=np.array([whole.labels.index(answer["label"]) for answer in first]),
        probability=np.array([answer["confidence"] for answer in first]),
        out_of_scope=np.array([answer["out_of_scope"] for answer in first]),
    )


def finish(options: argparse.Namespace, whole: Program, staged: Program, embeddings: Embeddings, sources: Sources) -> None:
    """Chooses where the stage answers, prints what that gives, and renews golden vectors and promise."""
    careful = whole.labels.index(CAREFUL_ROUTE)
    known, new = (answered(queries, whole, staged, embeddings) for queries in held_out(options))
    strange = staged.classify(sources.strange(CHOOSING_STRANGE_ROWS, seed=2))
    judged = staged.classify(sources.strange(JUDGED_STRANGE_ROWS, seed=3, is_judging=True))

    def share(texts: list[dict], threshold: float, limit: float) -> float:
        return np.mean([text["confidence"] >= threshold and text["out_of_scope"] <= limit for text in texts])

    decision = staged.description["decision"]
    promise = decision.get("promise")
    if options.max_error is not None:
        promise["maximum_error"] = options.max_error
    threshold, limit = choose(known, lambda *at: share(strange, *at), careful, promise)
    print(f"threshold {threshold}, limit {limit}")
    for name, rows in (("dev without " + NEW_DOMAIN, known), (NEW_DOMAIN, new)):
        print(report(name, rows, rows.exits(threshold, limit), careful))
    print(f"strange texts, other languages: {share(judged, threshold, limit):.2%} of {len(judged)} exit", flush=True)

    if promise:
        decision["promise"] = renewed(promise, known, known.exits(threshold, limit))
    golden = [vector["text"] for vector in staged.description.pop("golden")]
    stages = known.exits(threshold, limit)
    texts = [query.text for query in held_out(options)[0]]
    staged.save(staged.description["first_stage"] | {"threshold": threshold, "out_of_scope_limit": limit})
    if len({answer["stage"] for answer in staged.classify(golden)}) == 1:
        # Both stages are to be proved to compute the same.
        golden += [texts[np.argmax(stages)], texts[np.argmin(stages)]]
    staged.description["golden"] = [
        {"text": text, "values": [answer["logits"][name] for name in staged.labels], "stage": answer["stage"]}
        for text, answer in zip(golden, staged.classify(golden))
    ]
    staged.save(staged.description["first_stage"])
    subprocess.run([options.triage, "inspect", options.output, "--verify"], stdout=subprocess.DEVNULL, check=True)


def rate(text: str) -> float:
    """A share as `triage train` reads it: 4% or 0.04."""
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


def main() -> None:
    parser = argparse.ArgumentParser(description="Add a first stage to a model with a fitted head.")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds triage/*.jsonl")
    parser.add_argument("--encoder", type=Path, required=True, help="what train.py wrote: the model's encoder in f32")
    parser.add_argument("--model", type=Path, required=True, help="what triage train wrote")
    parser.add_argument("--output", type=Path, required=True, help="folder to write; must not exist")
    parser.add_argument(
        "--max-error",
        type=rate,
        help="share of wrong decisions that the finished model promises, such as 4%%, at least what the whole model does: what "
        "lies between them is room for what the stage gets wrong; without it the whole model's",
    )
    parser.add_argument("--triage", type=Path, default=Path(".build/release/triage"), help="the program")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    if options.output.exists():
        parser.error(f"{options.output} exists")
    torch.set_num_threads(options.threads)
    program, embeddings = Program(options.triage, options.model), Embeddings(options.model, options.encoder)
    promised = program.description["decision"].get("promise", {}).get("maximum_error", 1)
    if options.max_error is not None and not promised <= options.max_error < 1:
        parser.error(f"--max-error: the model promises {promised}, which leaves no room below {options.max_error}")
    sources = Sources(read_split(options.data, "train"), options.model)
    stage = train(options, program, embeddings, sources)
    finish(options, program, write(options, embeddings, program, stage), embeddings, sources)


if __name__ == "__main__":
    main()
