#!/usr/bin/env python3
"""Writes texts with the ids that Hugging Face tokenizers gives them, for ParityTests.swift.

A directory of cases holds a `tokenizer.json` and, for each configuration, a `NAME.jsonl`: its first line replaces sections
of that file, every further line is `[text, pair or null, maximum length or null, ids, segment ids]`.

    generate_cases.py                       write the committed sample, with a small vocabulary of its own
    generate_cases.py --check               fail when the committed sample differs
    generate_cases.py --output DIR --tokenizer FILE --count 200000 [--texts FILE...]
                                            write a large comparison: random texts with a real vocabulary, and the lines,
                                            cells or strings of the given .txt, .csv, .json and .jsonl files

Needs `pip install tokenizers`. Random, but seeded: the same arguments write the same files.
"""

import argparse
import collections
import csv
import filecmp
import itertools
import json
import pathlib
import random
import sys
import tempfile

from tokenizers import Tokenizer, normalizers, pre_tokenizers

FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "Fixtures"

WORDS = """the a is of to in how what where why can you my card account money balance please transfer pay bill book flight
weather tomorrow unbelievable internationalization running tokenization don't it's O'Neill e-mail 24/7 $5.00 #1 @home
Straße ÉCOLE naïve façade İstanbul ΣΊΣΥΦΟΣ Ångström Дорогой привет 北京 東京タワー 한국어 สวัสดี हिन्दी שָׁלוֹם مَرْحَبًا ﬁne ½""".split()
MARKERS = ["[MASK]", "[SEP]", "[CLS]", "[PAD]", "[UNK]", "[mask]", "[MASK", "MASK]", "[[MASK]]", "[ MASK ]", "<ent>", "<ENT>",
           "<e", "Zürich Plus", "zurich plus", "ZU\u0308RICH PLUS", "  ", "<<", "<<<", "<x> <y> <y>", "<x>  <y", "<y> <x>", "##", "##ing", "[", "]"]
INTERESTING = [0, 9, 10, 11, 12, 13, 0x1C, 0x1F, 0x7F, 0x85, 0xA0, 0xAD, 0x130, 0x131, 0x1E9E, 0x34F, 0x378, 0x61C, 0x180E, 0x200B, 0x200C,
               0x200D, 0x200E, 0x2028, 0x2029, 0x202E, 0x2060, 0x212A, 0x2126, 0x3000, 0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF, 0xE000, 0xE0001, 0xE0020, 0x10FFFF,
               0x1F600, 0x1F1E6, 0xFE0F, 0x1F3FD, 0x20E3]
RANGES = [(0x20, 0x7F), (0x20, 0x7F), (0, 0x20), (0x80, 0x250), (0x300, 0x370), (0x300, 0x370), (0x370, 0x530), (0x590, 0x700), (0x900, 0xE00),
          (0xE00, 0x1200), (0x1100, 0x1200), (0x1AB0, 0x1B00), (0x1DC0, 0x2100), (0x2000, 0x2070), (0x20D0, 0x2100), (0x3000, 0x3100), (0x302A, 0x3030),
          (0x3400, 0x4DC0), (0x4E00, 0xA000), (0xA640, 0xABFF), (0xAC00, 0xD7A4), (0xD7B0, 0xD800), (0xE000, 0xFB00), (0xF900, 0xFB00),
          (0xFB00, 0x10000), (0x10000, 0x12000), (0x1D000, 0x1D800), (0x1E000, 0x1F000), (0x1F000, 0x20000), (0x20000, 0x30000), (0x2A6D0, 0x2CEC0),
          (0x2F800, 0x2FA20), (0x30000, 0xE0000), (0xE0000, 0xE0200), (0xF0000, 0x110000), (0, 0x110000)]


def random_character(rng, ranges):
    if rng.random() < 0.1:
        return chr(rng.choice(INTERESTING))
    while True:
        c = rng.randrange(*rng.choice(ranges))
        if not 0xD800 <= c < 0xE000:
            return chr(c)


def random_text(rng, vocabulary):
    """Parts of many kinds, glued with or without spaces; one text in three stays within a few ranges."""
    ranges = rng.sample(RANGES, 3) if rng.random() < 0.33 else RANGES
    parts = []
    for _ in range(rng.choice((0, 1, 2, 3, 4, 6, 9))):
        kind = rng.random()
        if kind < 0.25:
            parts.append("".join(random_character(rng, ranges) for _ in range(rng.randrange(1, 8))))
        elif kind < 0.40:
            parts.append(rng.choice(WORDS))
        elif kind < 0.60:
            piece = rng.choice(vocabulary)
            parts.append(piece[2:] if piece.startswith("##") else piece)
        elif kind < 0.70:
            parts.append(rng.choice(MARKERS))
        elif kind < 0.80:
            marks = "".join(random_character(rng, [(0x300, 0x370), (0x302A, 0x3030), (0x591, 0x5C8), (0x1DC0, 0x1E00)]) for _ in range(3))
            parts.append(rng.choice("aeOUнㄱ가") + marks)
        elif kind < 0.82:
            parts.append(rng.choice(("a", "xy", "é", "ab\u0301", "漢", "word")) * rng.choice((49, 50, 51, 99, 100, 101, 120)))
        else:
            word = rng.choice(WORDS)
            cut = rng.randrange(len(word) + 1)
            parts.append(rng.choice((str.upper, str.title, str))(word[:cut] + random_character(rng, ranges) + word[cut:]))
        parts.append(rng.choice((" ", " ", " ", "", "", "\t", "\n", "\u00a0", ".", "  ")))
    return "".join(parts)


def bert(**options):
    chosen = dict(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True)
    return {"type": "BertNormalizer"} | chosen | options


def added(token_id, content, **flags):
    chosen = dict(single_word=False, lstrip=False, rstrip=False, normalized=False, special=False)
    return {"id": token_id, "content": content} | chosen | flags


def truncated(length, strategy="LongestFirst", direction="Right"):
    return {"max_length": length, "strategy": strategy, "direction": direction, "stride": 0}


def configurations(base):
    """Name to replaced sections. Together they use every option that is supported."""
    known = base["model"]["vocab"]
    special = [added(known[t], t, special=True) for t in ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")]
    marked = [dict(token, single_word=True, lstrip=token["content"] == "[MASK]") for token in special]
    own = [added(None, "<ent>", lstrip=True, rstrip=True), added(None, "Zürich Plus", normalized=True),
           added(None, "how", normalized=True, single_word=True), added(None, "<<", rstrip=True),
           added(None, "<<<", lstrip=True), added(None, " a ", normalized=True),
           added(None, "  ", rstrip=True, lstrip=True), added(None, "ZURICH PLUS one", normalized=True, special=True)]
    spaced = [added(None, "<x>", rstrip=True), added(None, " <y>"), added(None, "<y>"), added(None, "  "),
              added(None, " <y", lstrip=True, single_word=True), added(None, "y> <", rstrip=True, normalized=True),
              added(None, "< ", normalized=True)]
    # A token of the vocabulary keeps its id, others are counted on.
    for tokens in (own, spaced):
        counted = itertools.count(len(known))
        for token in tokens:
            token["id"] = known[token["content"]] if token["content"] in known else next(counted)
    cls, sep = known["[CLS]"], known["[SEP]"]

    def piece(kind, name, segment):
        return {kind: {"id": name, "type_id": segment}}

    unusual = {
        "type": "TemplateProcessing",
        "single": [piece("Sequence", "A", 3), piece("SpecialToken", "two", 1)],
        "pair": [piece("SpecialToken", "two", 2), piece("Sequence", "B", 0), piece("SpecialToken", "[SEP]", 5),
                 piece("Sequence", "A", 1)],
        "special_tokens": {"two": {"id": "two", "ids": [sep, cls], "tokens": ["[SEP]", "[CLS]"]},
                           "[SEP]": {"id": "[SEP]", "ids": [sep], "tokens": ["[SEP]"]}},
    }
    return {
        "uncased": {"normalizer": bert()},
        "cased": {"normalizer": bert(lowercase=False)},
        "cased-stripped": {"normalizer": bert(lowercase=False, strip_accents=True), "truncation": truncated(12)},
        "lowercase-accents": {"normalizer": bert(strip_accents=False)},
        "uncleaned": {"normalizer": bert(clean_text=False), "truncation": truncated(9, direction="Left")},
        "chinese-unseparated": {"normalizer": bert(handle_chinese_chars=False), "truncation": truncated(11, "OnlyFirst")},
        "bare": {"normalizer": bert(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False),
                 "post_processor": None},
        "none": {"normalizer": None, "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", sep], "cls": ["[CLS]", cls]}},
        "added": {"normalizer": bert(), "added_tokens": marked + own, "truncation": truncated(40)},
        "added-cased": {"normalizer": bert(lowercase=False, clean_text=False), "added_tokens": special + own},
        "added-none": {"normalizer": None, "added_tokens": marked + own},
        "added-spaced": {"normalizer": bert(), "added_tokens": special + spaced},
        "template": {"normalizer": bert(), "post_processor": unusual, "truncation": truncated(14, "OnlySecond", "Left")},
        "short-words": {"normalizer": bert(), "model": {k: v for k, v in base["model"].items() if k != "vocab"} | {"max_input_chars_per_word": 7}},
    }


def merged(base, overrides):
    result = base | overrides
    if "model" in overrides:
        result["model"] = base["model"] | overrides["model"]
    return result


def cases(file, texts, rng):
    """One line a text: alone or with the text before it, now and then with a maximum length."""
    file = dict(file, padding=None)
    tokenizers = {None: Tokenizer.from_str(json.dumps(file))}
    before = ""
    for text in texts:
        pair = before if rng.random() < 0.25 else None
        length = rng.randrange(4, 30) if rng.random() < 0.2 else None
        before = text
        if length not in tokenizers:
            section = file.get("truncation") or truncated(0)
            tokenizers[length] = Tokenizer.from_str(json.dumps(file | {"truncation": section | {"max_length": length}}))
        try:
            encoding = tokenizers[length].encode(text, pair)
        except Exception as error:
            # OnlyFirst and OnlySecond fail when the one text cannot make enough room.
            assert "Truncation error" in str(error), error
            continue
        yield [text, pair, length, encoding.ids, encoding.type_ids]


def write(directory, name, overrides, lines):
    with open(directory / f"{name}.jsonl", "w") as file:
        for line in [overrides, *lines]:
            file.write(json.dumps(line, separators=(",", ":")) + "\n")


def small_tokenizer(count):
    """A WordPiece file whose pieces are frequent in random texts and in nothing else."""
    rng = random.Random(1)
    frequency = collections.Counter()
    split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    for lowercase in (True, False):
        normalize = normalizers.BertNormalizer(lowercase=lowercase).normalize_str
        for _ in range(6000):
            for word, _ in split(normalize(random_text(rng, ["abc"]))):
                for length in range(1, min(len(word), 6) + 1):
                    frequency[word[:length]] += 1
                    start = rng.randrange(len(word))
                    if start > 0:
                        frequency["##" + word[start : start + length]] += 1
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces += [chr(c) for c in range(0x21, 0x7F)] + ["##" + chr(c) for c in range(0x30, 0x7F)]
    ranked = sorted(frequency, key=lambda piece: (-frequency[piece], piece))
    pieces = list(dict.fromkeys(pieces + ranked))[:count]

    def piece(kind, name, segment):
        return {kind: {"id": name, "type_id": segment}}

    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [added(i, pieces[i], special=True) for i in range(5)],
        "normalizer": bert(), "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [piece("SpecialToken", "[CLS]", 0), piece("Sequence", "A", 0), piece("SpecialToken", "[SEP]", 0)],
            "pair": [piece("SpecialToken", "[CLS]", 0), piece("Sequence", "A", 0), piece("SpecialToken", "[SEP]", 0),
                     piece("Sequence", "B", 1), piece("SpecialToken", "[SEP]", 1)],
            "special_tokens": {t: {"id": t, "ids": [pieces.index(t)], "tokens": [t]} for t in ("[CLS]", "[SEP]")},
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {piece: i for i, piece in enumerate(pieces)}},
    }


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for element in value.values() if isinstance(value, dict) else value:
            yield from strings(element)


def texts_of(path):
    with open(path, newline="") as file:
        if path.suffix == ".csv":
            return [cell for row in csv.reader(file) for cell in row]
        if path.suffix == ".json":
            return list(strings(json.load(file)))
        if path.suffix == ".jsonl":
            return [text for line in file for text in strings(json.loads(line))]
        return file.read().splitlines()


def generate(directory, base, count, files):
    (directory / "tokenizer.json").write_text(json.dumps(base, separators=(",", ":")))
    vocabulary = list(base["model"]["vocab"])
    chosen = configurations(base)
    for index, (name, overrides) in enumerate(chosen.items()):
        rng = random.Random(1000 + index)
        # The first configuration, what models in use have, gets half of all.
        share = count // 2 if index == 0 else count // 2 // (len(chosen) - 1) + 1
        texts = [" ".join(f"a{chr(c)}b" for c in range(first, first + 8)) for first in range(0, 128, 8)]
        texts.append("x    <<    <ent>    <x>    how [MASK]    y")  # matches within swallowed white space
        texts += [random_text(rng, vocabulary) for _ in range(share - len(texts))]
        write(directory, name, overrides, cases(merged(base, overrides), texts, rng))
    for path in files:
        lines = cases(base, texts_of(path), random.Random(7))
        write(directory, "-".join(path.parts[-2:]), {}, lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the committed sample instead of writing it")
    parser.add_argument("--output", type=pathlib.Path, help="where the large comparison goes")
    parser.add_argument("--tokenizer", type=pathlib.Path, help="tokenizer.json of the large comparison")
    parser.add_argument("--count", type=int, default=200_000, help="random texts in the large comparison")
    parser.add_argument("--texts", type=pathlib.Path, nargs="*", default=[], help="files with further texts")
    arguments = parser.parse_args()
    if arguments.output:
        if not arguments.tokenizer:
            parser.error("--output needs --tokenizer")
        arguments.output.mkdir(parents=True, exist_ok=True)
        generate(arguments.output, json.loads(arguments.tokenizer.read_text()), arguments.count, arguments.texts)
        return
    with tempfile.TemporaryDirectory() as scratch:
        directory = pathlib.Path(scratch) if arguments.check else FIXTURES
        directory.mkdir(exist_ok=True)
        generate(directory, small_tokenizer(1500), 1400, [])
        if arguments.check:
            names = sorted({p.name for p in directory.iterdir()} | {p.name for p in FIXTURES.iterdir()})
            _, mismatches, errors = filecmp.cmpfiles(directory, FIXTURES, names, shallow=False)
            if mismatches or errors:
                sys.exit(f"{FIXTURES} differs in {mismatches + errors}; run {sys.argv[0]}")


if __name__ == "__main__":
    main()
