"""Writes the first inputs of the fuzz targets: seeds.py <target> <directory>."""

import pathlib
import struct
import subprocess
import sys

HEADER = (b'{"__metadata__":{"format":"pt"},"a":{"dtype":"I8","shape":[4,8],"data_offsets":[0,32]},'
          b'"b":{"dtype":"F32","shape":[],"data_offsets":[32,36]},"c":{"dtype":"BF16","shape":[0,2],"data_offsets":[36,36]}}')
DATA = bytes(range(36))
# The first byte tells the target which document follows.
DOCUMENTS = [
    b'c{"architectures":["BertForSequenceClassification"],"model_type":"bert","hidden_size":48,"num_hidden_layers":2,'
    b'"num_attention_heads":3,"intermediate_size":96,"hidden_act":"gelu","max_position_embeddings":64,'
    b'"type_vocab_size":2,"vocab_size":100,"layer_norm_eps":1e-12,"id2label":{"0":"script","1":"human"},'
    b'"problem_type":"multi_label_classification","position_embedding_type":"absolute"}',
    b'c{"architectures":["DistilBertModel"],"model_type":"distilbert","dim":48,"n_layers":2,"n_heads":3,"hidden_dim":96,'
    b'"activation":"gelu","max_position_embeddings":64,"vocab_size":100}',
    b'd{"format":1,"name":"a","version":"1","pooling":"mean","pooler":false,"normalize":true,'
    b'"labels":[{"name":"x","route":"y"},{"name":"z","route":null}],"calibration":{"temperature":1.5},'
    b'"golden":[{"text":"t","values":[0.5,-1]}],"licences":[]}',
    b't{"version":"1.0","truncation":{"max_length":16,"strategy":"LongestFirst","stride":0,"direction":"Right"},'
    b'"padding":null,"added_tokens":[{"id":0,"special":true,"content":"[PAD]","single_word":false,"lstrip":false,'
    b'"rstrip":false,"normalized":false},{"id":4,"special":true,"content":"[MASK]","single_word":false,"lstrip":true,'
    b'"rstrip":false,"normalized":false}],"normalizer":{"type":"BertNormalizer","clean_text":true,'
    b'"handle_chinese_chars":true,"strip_accents":null,"lowercase":true},"pre_tokenizer":{"type":"BertPreTokenizer"},'
    b'"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},'
    b'{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}],'
    b'"pair":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},'
    b'{"SpecialToken":{"id":"[SEP]","type_id":0}},{"Sequence":{"id":"B","type_id":1}},'
    b'{"SpecialToken":{"id":"[SEP]","type_id":1}}],"special_tokens":{"[CLS]":{"id":"[CLS]","ids":[2],"tokens":["[CLS]"]},'
    b'"[SEP]":{"id":"[SEP]","ids":[3],"tokens":["[SEP]"]}}},"decoder":null,"model":{"type":"WordPiece",'
    b'"unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100,'
    b'"vocab":{"[PAD]":0,"[UNK]":1,"[CLS]":2,"[SEP]":3,"[MASK]":4,"a":5,"b":6,"##b":7,"c":8}}}',
    b'j[-9223372036854775808.0,1e308,-0.0,0.1,9223372036854775807,"\\ud83d\\ude00\\u0000\\n",null,true,false,[],{}]',
]

# A pattern, a line feed, and a text.
PATTERNS = [
    rb"\bcancel (my )?order [0-9]{1,3}\b" + b"\nPlease cancel  my ORDER 123.",
    rb"^(a|bc|[^d-f\d]){2,}?x$" + b"\nabcx",
    rb"(?:[\u{1F600}-\u{1F64F}]+|\W\S\D){1,3}\B.?" + "\na \U0001F600 é".encode(),
    rb"^(a?b*|c+(d|e)?)*[\]\-^.]{2}$" + b"\nbbacce].",
    rb"(red|green|blue) ?(car|bike)s?\b" + b"\ngreen bikes",
    rb"(?=a)(?i)(?<n>b)\1\p{L}[[:alpha:]]a*?b++" + b"\nab",
]


def frame(data: bytes) -> bytes:
    return subprocess.run(["zstd", "-q", "-19", "--check", "--content-size", "-c", f"--stream-size={len(data)}"],
                          input=data, stdout=subprocess.PIPE, check=True).stdout


def seekable(pieces: list[bytes]) -> bytes:
    frames = [frame(piece) for piece in pieces]
    entries = b"".join(struct.pack("<II", len(f), len(p)) + f[-4:] for f, p in zip(frames, pieces))
    body = entries + struct.pack("<IBI", len(frames), 0x80, 0x8F92EAB1)
    return b"".join(frames) + struct.pack("<II", 0x184D2A5E, len(body)) + body


def weight_files() -> list[bytes]:
    header = struct.pack("<Q", len(HEADER)) + HEADER
    pieces = b"".join(bytes([len(p)]) + p for p in (DATA[:16], DATA[16:32], DATA[32:]))
    return [
        b"\0" + header + DATA,
        b"\0" + seekable([header, DATA[:16], DATA[16:32], DATA[32:]]),
        b"\1" + HEADER + b"\0" + DATA,
        b"\2" + HEADER + b"\0" + pieces,
        b"\3" + frame(bytes(256)),
        b"\3" + frame(bytes(i * i % 251 for i in range(256))),
        b"\3" + frame(b"the cat and the dog and the hat " * 8),
    ]


def main() -> None:
    target, directory = sys.argv[1], pathlib.Path(sys.argv[2])
    seeds = {"WeightFileFuzz": weight_files, "JSONFuzz": lambda: DOCUMENTS, "PatternFuzz": lambda: PATTERNS}[target]()
    directory.mkdir(parents=True, exist_ok=True)
    for index, seed in enumerate(seeds):
        (directory / f"seed-{index}").write_bytes(seed)


main()
