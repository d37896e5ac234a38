#!/usr/bin/env python3
"""Writes Sources/Tokenization/UnicodeTables.swift by asking Hugging Face tokenizers about every code point.

The library carries several Unicode versions at once (its categories, its decompositions, its regular expressions and
the standard library of its language), so nothing but the library itself says what it does. Needs `pip install
tokenizers`; takes about two minutes.

    generate_tables.py            write the file
    generate_tables.py --check    fail when the committed file differs
"""

import argparse
import pathlib
import sys
import unicodedata

import tokenizers
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

OUTPUT = pathlib.Path(__file__).resolve().parents[3] / "Sources/Tokenization/UnicodeTables.swift"
CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
HANGUL = range(0xAC00, 0xAC00 + 11172)

# The bits of a property record; UnicodeProperties.swift names them alike.
REMOVED, WHITE_SPACE, PUNCTUATION, CHINESE, ACCENT, WORD, DECOMPOSES, LOWERCASES = (1 << i for i in range(8))


def bert(**options):
    chosen = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**(chosen | options)).normalize_str


def added_token_probe(**flags):
    """Ids of `texts` for a tokenizer whose only known word is the added token <X>."""
    tokenizer = Tokenizer(models.WordPiece({"[UNK]": 0, "<X>": 1}, unk_token="[UNK]"))
    tokenizer.add_tokens([AddedToken("<X>", normalized=False, **flags)])
    return lambda texts: [encoding.ids for encoding in tokenizer.encode_batch(texts)]


def word_characters():
    """What an added token with `single_word` may not touch."""
    probe = added_token_probe(single_word=True)
    before = [1 not in ids for ids in probe([chr(c) + "<X>" for c in CODE_POINTS])]
    after = [1 not in ids for ids in probe(["<X>" + chr(c) for c in CODE_POINTS])]
    assert before == after
    return {c for c, is_word in zip(CODE_POINTS, before) if is_word}


def strippable():
    """What an added token with `lstrip` or `rstrip` swallows."""
    left = added_token_probe(lstrip=True)([chr(c) + "<X>" for c in CODE_POINTS])
    right = added_token_probe(rstrip=True)(["<X>" + chr(c) for c in CODE_POINTS])
    assert [ids[-1] == 1 and len(ids) == 1 for ids in left] == [len(ids) == 1 for ids in right]
    return {c for c, ids in zip(CODE_POINTS, left) if len(ids) == 1}


def separators():
    """White space and punctuation as BertPreTokenizer splits them."""
    split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    white_space, punctuation = set(), set()
    for c in CODE_POINTS:
        pieces = len(split(f"a{chr(c)}a"))
        if pieces == 2:
            white_space.add(c)
        elif pieces == 3:
            punctuation.add(c)
    return white_space, punctuation


def combining_classes(decompositions):
    """Canonical combining classes, found by how a character is ordered against marks of known class."""
    order = normalizers.NFD().normalize_str
    lowest, highest = "\u0334", "\u0345"  # classes 1 and 240

    def is_starter(mark):
        return order(mark + lowest) == mark + lowest and order(highest + mark) == highest + mark

    # The first character of each class that the library knows to be a mark: it may be older than Python's tables.
    references = {}
    for c in CODE_POINTS:
        value = unicodedata.combining(chr(c))
        if value and value not in references and c not in decompositions and not is_starter(chr(c)):
            references[value] = chr(c)
    classes = {}
    for c in CODE_POINTS:
        if c in decompositions or c in HANGUL:
            continue
        mark = chr(c)
        if is_starter(mark):
            continue
        below = [v for v, r in references.items() if order(mark + r) != mark + r]
        above = [v for v, r in references.items() if order(r + mark) != r + mark]
        (value,) = set(references) - set(below) - set(above)
        assert all(v < value for v in below) and all(v > value for v in above)
        classes[c] = value
    return classes


def probe():
    cleaned, separated, stripped, lowered = (
        bert(clean_text=True), bert(handle_chinese_chars=True), bert(strip_accents=True), bert(lowercase=True))
    decomposed = normalizers.NFD().normalize_str
    flags, decompositions, lowercase = {}, {}, {}
    for c in CODE_POINTS:
        text, bits = chr(c), 0
        clean = cleaned(text)
        assert clean in ("", " ", text)
        if clean == "":
            bits |= REMOVED
        spaced = separated(text)
        assert spaced in (text, f" {text} ")
        if spaced != text:
            bits |= CHINESE
        parts = decomposed(text)
        if c in HANGUL:
            assert len(parts) in (2, 3)
        elif parts != text:
            bits |= DECOMPOSES
            decompositions[c] = [ord(x) for x in parts]
        elif stripped(text) == "":
            bits |= ACCENT
        lower = lowered(text)
        if lower != text:
            bits |= LOWERCASES
            lowercase[c] = [ord(x) for x in lower]
        flags[c] = bits
    white_space, punctuation = separators()
    assert white_space == strippable()
    for c in CODE_POINTS:
        expected = "" if flags[c] & REMOVED else " " if c in white_space else chr(c)
        assert cleaned(chr(c)) == expected
    for bit, members in ((WHITE_SPACE, white_space), (PUNCTUATION, punctuation), (WORD, word_characters())):
        for c in members:
            flags[c] |= bit
    for c in decompositions:
        survivors = [x for x in decompositions[c] if not flags[x] & ACCENT]
        assert stripped(chr(c)) == "".join(map(chr, survivors))
    for c, value in combining_classes(decompositions).items():
        flags[c] |= value << 8
    return flags, decompositions, lowercase


def array(name, comment, numbers):
    lines = [f"    /// {line}" for line in comment] + [f"    static let {name}: [UInt32] = ["]
    row = "       "
    for number in numbers:
        word = f" {number},"
        if len(row) + len(word) > 120:
            lines.append(row)
            row = "       "
        row += word
    return lines + [row, "    ]"]


def mapping(name, what, table):
    keys = [c << 3 | len(table[c]) for c in sorted(table)]
    values = [x for c in sorted(table) for x in table[c]]
    return array(f"{name}Keys", [f"Code points {what}, ascending: code point << 3 | number of its values."], keys) + [
        ""] + array(f"{name}Values", [f"The values of `{name}Keys`, one after the other."], values)


def render(flags, decompositions, lowercase):
    records = sorted(set(flags.values()))
    assert len(records) <= 256
    runs, last = [], None
    for c in range(0x110000):
        record = records.index(flags.get(c, 0))
        if record != last:
            runs.append(c << 8 | record)
            last = record
    lines = [
        f"// Generated by Tests/TokenizationTests/Generators/generate_tables.py from tokenizers {tokenizers.__version__}.",
        "// Do not edit.",
        "",
        "// swift-format-ignore-file",
        "",
        "/// What Hugging Face tokenizers does with every Unicode code point, as measured on the library itself.",
        "enum UnicodeTables {",
    ]
    lines += array("records", ["The distinct property records: flags, and the combining class << 8."], records) + [""]
    lines += array("runs", ["Ascending: first code point of a run << 8 | index of its record."], runs) + [""]
    lines += mapping("decomposition", "with a canonical decomposition (Hangul apart)", decompositions) + [""]
    lines += mapping("lowercase", "that lowercasing changes", lowercase)
    return "\n".join(lines + ["}", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the committed file instead of writing it")
    arguments = parser.parse_args()
    text = render(*probe())
    if not arguments.check:
        OUTPUT.write_text(text)
    elif OUTPUT.read_text() != text:
        sys.exit(f"{OUTPUT} is not what tokenizers {tokenizers.__version__} does; run {sys.argv[0]}")


if __name__ == "__main__":
    main()
