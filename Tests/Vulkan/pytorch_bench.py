#!/usr/bin/env python3
"""Times PyTorch on the work of `triage bench --suite gpu`: texts in, decisions out, so many texts a call. Prints one JSON object.

    python3 Tests/Vulkan/pytorch_bench.py MODEL [--texts FILE] [--device cuda] [--types f16,bf16] [--compile]

MODEL is a folder of all-MiniLM-L6-v2 as Hugging Face has it; nothing is fetched. FILE holds one text a line, repeated until there
are enough. A decision is the greatest of three outputs of a linear layer on the mean of the token vectors, the layer being of
random weights, which take the time of any others.

What PyTorch can do is done for it: texts sorted by length and run in chunks, so that little is padded, of which the fastest size
counts; tokenised by all cores and copied from pinned memory; attention by its fused kernels; on CUDA a graph of each shape, padded
to a multiple of 8 tokens so that shapes recur, captured before time is taken; with --compile also torch.compile.
"""
import argparse
import json
import statistics
import sys
import time

import torch
import transformers

TYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}
CHUNKS = (256, 1024, 8192)
TEXTS = [
    "lower the blinds in the bedroom halfway",
    "how many grams of sugar are there in a cup",
    "what is the weather going to be like on the coast",
    "my card was declined twice this morning",
    "turn off everything",
    "I moved house last week, so please send all letters to the new address from now on",
    "how long does a transfer abroad take",
    "cancel my subscription today please",
]


class Classifier(torch.nn.Module):
    def __init__(self, folder):
        super().__init__()
        torch.manual_seed(1)
        self.encoder = transformers.AutoModel.from_pretrained(
            folder, local_files_only=True, attn_implementation="sdpa", add_pooling_layer=False
        )
        self.head = torch.nn.Linear(self.encoder.config.hidden_size, 3)

    def forward(self, ids, mask):
        vectors = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(vectors.dtype)
        return self.head((vectors * weights).sum(1) / weights.sum(1))


class Runner:
    """Runs padded batches, on CUDA by graphs where asked to."""

    def __init__(self, model, device, uses_graphs):
        self.model, self.device, self.uses_graphs = model, device, uses_graphs
        self.graphs = {}

    def __call__(self, ids, mask):
        if not self.uses_graphs:
            return self.model(ids.to(self.device, non_blocking=True), mask.to(self.device, non_blocking=True))
        shape = tuple(ids.shape)
        if shape not in self.graphs:
            self.graphs[shape] = self.capture(shape)
        graph, static_ids, static_mask, logits = self.graphs[shape]
        static_ids.copy_(ids, non_blocking=True)
        static_mask.copy_(mask, non_blocking=True)
        graph.replay()
        # The next replay of this graph would overwrite them.
        return logits.clone()

    def capture(self, shape):
        ids = torch.ones(shape, dtype=torch.long, device=self.device)
        mask = torch.ones(shape, dtype=torch.long, device=self.device)
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(3):
                self.model(ids, mask)
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            logits = self.model(ids, mask)
        return graph, ids, mask, logits


def tokenize(tokenizer, texts):
    encode = getattr(tokenizer, "encode_batch_fast", tokenizer.encode_batch)
    return [encoding.ids for encoding in encode(texts)]


def chunks(sequences, size, is_pinned):
    """Padded chunks of sequences sorted by length, with where each sequence comes from."""
    order = sorted(range(len(sequences)), key=lambda index: len(sequences[index]))
    result = []
    for start in range(0, len(order), size):
        part = order[start : start + size]
        longest = (len(sequences[part[-1]]) + 7) // 8 * 8
        lengths = torch.tensor([len(sequences[index]) for index in part])
        mask = (torch.arange(longest) < lengths[:, None]).long()
        ids = torch.zeros(len(part), longest, dtype=torch.long)
        ids[mask.bool()] = torch.tensor([token for index in part for token in sequences[index]])
        if is_pinned:
            ids, mask = ids.pin_memory(), mask.pin_memory()
        result.append((part, ids, mask))
    return result


def decide(runner, parts, count):
    """The number of the greatest output of each sequence, on the host."""
    outputs = [(part, runner(ids, mask)) for part, ids, mask in parts]
    decisions = torch.empty(count, dtype=torch.long)
    for part, logits in outputs:
        decisions[part] = logits.argmax(1).cpu()
    return decisions


def timed(call, seconds):
    """Milliseconds of a call, the median of at least three after two that do not count."""
    call(), call()
    times = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times)


def measure(runner, tokenizer, texts, chunk, seconds):
    is_pinned = runner.device.type == "cuda"

    def from_text():
        return decide(runner, chunks(tokenize(tokenizer, texts), chunk, is_pinned), len(texts))

    parts = [(part, ids.to(runner.device), mask.to(runner.device)) for part, ids, mask in
             chunks(tokenize(tokenizer, texts), chunk, is_pinned)]
    whole = timed(from_text, seconds)
    tokenised = timed(lambda: decide(runner, parts, len(texts)), seconds)
    return {
        "chunk": chunk,
        "text_to_decision_ms": round(whole, 4),
        "queries_per_second": round(len(texts) / whole * 1e3, 1),
        "tokens_to_decision_ms": round(tokenised, 4),
        "queries_per_second_tokenised": round(len(texts) / tokenised * 1e3, 1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("--texts")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--types", default="f16,bf16", help="of f32, f16 and bf16")
    parser.add_argument("--batches", default="1,32,1024,8192")
    parser.add_argument("--seconds", type=float, default=2, help="of each figure")
    parser.add_argument("--compile", action="store_true", help="measure torch.compile too; compiling takes minutes")
    options = parser.parse_args()
    device = torch.device(options.device)
    texts = TEXTS
    if options.texts:
        with open(options.texts, encoding="utf-8") as file:
            texts = [line.rstrip("\n") for line in file if line.strip()]
    tokenizer = transformers.AutoTokenizer.from_pretrained(options.model, local_files_only=True).backend_tokenizer
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    reference = Classifier(options.model).eval().to(device)
    modes = ["eager"] + (["graphs"] if device.type == "cuda" else []) + (["compile"] if options.compile else [])
    report = {
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
        "threads": torch.get_num_threads(),
        "texts": len(texts),
        "measures": [],
    }
    with torch.inference_mode():
        for name in options.types.split(","):
            model = Classifier(options.model).eval().to(device, TYPES[name])
            for mode in modes:
                module = torch.compile(model, dynamic=False) if mode == "compile" else model
                runner = Runner(module, device, mode == "graphs" or mode == "compile" and device.type == "cuda")
                for size in map(int, options.batches.split(",")):
                    batch = [texts[index % len(texts)] for index in range(size)]
                    tried = [chunk for chunk in CHUNKS if chunk < size] + [max(size, 1)]
                    best = min(
                        (measure(runner, tokenizer, batch, chunk, options.seconds) for chunk in dict.fromkeys(tried)),
                        key=lambda figures: figures["text_to_decision_ms"],
                    )
                    parts = chunks(tokenize(tokenizer, batch), best["chunk"], False)
                    expected = decide(Runner(reference, device, False), parts, size)
                    equal = (decide(runner, parts, size) == expected).float().mean().item()
                    report["measures"].append(
                        {"type": name, "mode": mode, "batch": size, **best, "decisions_as_f32": round(equal, 6)}
                    )
                    print(f"{name} {mode} {size}: {best['queries_per_second']} queries/s", file=sys.stderr)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
