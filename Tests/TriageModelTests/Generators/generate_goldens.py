#!/usr/bin/env python3
"""Writes tiny checkpoints with random weights, as Hugging Face saves them, and what PyTorch computes with them.

    generate_goldens.py                 write ../Fixtures: one directory a checkpoint, with its results in expected.json
    generate_goldens.py --check         fail when the committed files differ (results by more than rounding)
    generate_goldens.py --minilm DIR    write ../Fixtures/minilm-*: texts and the embeddings that
                                        PyTorch computes with the all-MiniLM-L6-v2 in DIR, mean over tokens, length 1

Needs `pip install torch transformers safetensors`. Seeded: the same versions write the same files. Results are those of
32-bit floating point, and the script fails unless they are within 1e-5 of 64-bit ones; it also fails when a checkpoint
would not notice that segments, the kind of GELU, epsilon, the pooler or the last layer are ignored.
"""

import argparse
import copy
import json
import pathlib
import shutil
import sys
import tempfile

import torch
import transformers
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (BertConfig, BertForSequenceClassification, BertModel, DistilBertConfig,
                          DistilBertForSequenceClassification)

from golden_texts import MINILM_TEXTS, PAIRS, TEXTS, WORDS

FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "Fixtures"
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def tokenizer():
    vocabulary = {token: index for index, token in enumerate(SPECIALS + WORDS)}
    result = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    result.normalizer = normalizers.BertNormalizer(lowercase=True)
    result.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    result.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    result.add_special_tokens(SPECIALS)
    return result


def bert(**options):
    chosen = dict(vocab_size=len(SPECIALS + WORDS) + 3, hidden_size=40, num_attention_heads=5, intermediate_size=100,
                  num_hidden_layers=2, max_position_embeddings=24, hidden_dropout_prob=0, attention_probs_dropout_prob=0)
    return BertConfig(**chosen | options)


def distilbert(**options):
    chosen = dict(vocab_size=len(SPECIALS + WORDS), dim=36, n_heads=3, hidden_dim=70, n_layers=2,
                  max_position_embeddings=20, dropout=0, attention_dropout=0, seq_classif_dropout=0)
    return DistilBertConfig(**chosen | options)


def labels(*names, problem=None):
    return dict(id2label=dict(enumerate(names)), label2id={n: i for i, n in enumerate(names)}, problem_type=problem)


SINGLE, MULTI = "single_label_classification", "multi_label_classification"
CHECKPOINTS = {
    "bert-pairs": (BertForSequenceClassification, bert(**labels("entails", "neutral", "contradicts", problem=SINGLE)),
                   torch.float32, True),
    "bert-multi-label": (BertForSequenceClassification,
                         bert(hidden_size=24, num_attention_heads=4, intermediate_size=50, num_hidden_layers=1,
                              hidden_act="gelu_new", **labels("a", "b", "c", "d", "e", problem=MULTI)),
                         torch.float32, True),
    "bert-regression": (BertForSequenceClassification,
                        bert(hidden_size=17, num_attention_heads=1, intermediate_size=33, num_hidden_layers=3,
                             hidden_act="relu", layer_norm_eps=0.02, **labels("score", problem="regression")),
                        torch.float32, True),
    "distilbert": (DistilBertForSequenceClassification, distilbert(**labels("w", "x", "y", "z")), torch.float32, False),
    "distilbert-one": (DistilBertForSequenceClassification,
                       distilbert(dim=64, n_heads=1, hidden_dim=17, n_layers=1, **labels("spam")), torch.bfloat16, False),
    "minilm": (BertForSequenceClassification,
               bert(hidden_size=48, num_attention_heads=3, intermediate_size=192, num_hidden_layers=3,
                    max_position_embeddings=64, **labels("script", "remote", "human")), torch.float16, True),
    "sentence": (BertModel, bert(num_attention_heads=2, intermediate_size=81), torch.float32, False),
}


def randomise(model, seed):
    """Weights large enough that every part of the network shows in the result."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape, generator=generator)
            if "norm" in name.lower():
                parameter.copy_(noise * 0.2 + (1 if name.endswith("weight") else 0))
            elif "embeddings" in name:
                parameter.copy_(noise)
            elif parameter.dim() == 2:
                parameter.copy_(noise * (2 / parameter.shape[1] ** 0.5))
            else:
                parameter.copy_(noise * 0.3)


def run(model, batch):
    """Logits, or for an encoder the mean of the token vectors and the first of them."""
    with torch.no_grad():
        result = model.eval()(**batch)
    if "logits" in result:
        return result.logits[0]
    return torch.cat([result.last_hidden_state[0].mean(0), result.last_hidden_state[0, 0]])


def changed(model, batch, change):
    other, other_batch = copy.deepcopy(model), dict(batch)
    change(other, other_batch)
    return (run(other, other_batch) - run(model, batch)).abs().max().item()


def check_sensitivity(name, model, batches):
    """Fails unless leaving out a part changes some result by far more than a test tolerates."""
    def no_segments(_, batch):
        batch["token_type_ids"] = torch.zeros_like(batch["input_ids"])

    def other_gelu(model, _):
        kinds = {"gelu": "gelu_new", "gelu_new": "gelu", "relu": "gelu"}
        for module in model.modules():
            for field in ("intermediate_act_fn", "activation"):
                if hasattr(module, field) and not isinstance(module, transformers.models.bert.modeling_bert.BertPooler):
                    kind = model.config.hidden_act if hasattr(model.config, "hidden_act") else model.config.activation
                    setattr(module, field, transformers.activations.ACT2FN[kinds[kind]])

    def no_pooler(model, _):
        if hasattr(model, "pre_classifier"):
            model.pre_classifier = torch.nn.Identity()
        else:
            model.bert.pooler.forward = lambda hidden: hidden[:, 0]

    def other_epsilon(model, _):
        for module in model.modules():
            if isinstance(module, torch.nn.LayerNorm):
                module.eps = 1e-12

    def one_layer_less(model, _):
        layers = [m for m in model.modules() if isinstance(m, torch.nn.ModuleList)][0]
        del layers[-1]

    changes = [other_gelu]
    changes += [no_pooler] if "ForSequence" in type(model).__name__ else []
    changes += [one_layer_less] if model.config.num_hidden_layers > 1 else []
    changes += [other_epsilon] if getattr(model.config, "layer_norm_eps", 0) > 1e-3 else []
    changes += [no_segments] if any(batch.get("token_type_ids", torch.zeros(1)).any() for batch in batches) else []
    for change in changes:
        largest = max(changed(model, batch, change) for batch in batches)
        print(f"  {name}: {change.__name__} changes a result by {largest:.1e}")
        assert largest > 5e-4, f"{name} does not notice {change.__name__}"


def expected(name, model, pairs):
    limit = model.config.max_position_embeddings
    encoder = tokenizer()
    encoder.enable_truncation(limit)
    exact = copy.deepcopy(model).double()
    cases, batches = [], []
    for text, pair in [(text, None) for text in TEXTS] + (PAIRS if pairs else []):
        encoding = encoder.encode(text, pair)
        batch = {"input_ids": torch.tensor([encoding.ids])}
        if model.config.model_type == "bert":
            batch["token_type_ids"] = torch.tensor([encoding.type_ids])
        values = run(model, batch)
        difference = (values.double() - run(exact, batch)).abs().max().item()
        assert difference < 1e-5, f"{name}: {difference} from 64-bit results"
        case = {"text": text, "pair": pair, "ids": encoding.ids, "segments": encoding.type_ids}
        if "ForSequence" in type(model).__name__:
            case |= {"logits": rounded(values), "probabilities": rounded(probabilities(model.config, values))}
        else:
            mean, first = values.split(model.config.hidden_size)
            case |= {"mean": rounded(mean), "cls": rounded(first)}
        cases.append(case)
        batches.append(batch)
    check_sensitivity(name, model, batches)
    assert max(len(case["ids"]) for case in cases) == limit and min(len(case["ids"]) for case in cases) == 3
    return cases


def probabilities(config, logits):
    """As the text-classification pipeline gives them."""
    if config.problem_type == "regression":
        return logits
    if config.problem_type == MULTI or config.num_labels == 1:
        return logits.sigmoid()
    return logits.softmax(0)


def rounded(values):
    return [float(f"{value:.7g}") for value in values.tolist()]


def write_checkpoint(directory, name, seed):
    kind, config, dtype, pairs = CHECKPOINTS[name]
    model = kind(config)
    randomise(model, seed)
    target = directory / name
    model.to(dtype).save_pretrained(target)
    tokenizer().save(str(target / "tokenizer.json"))
    cases = expected(name, model.float(), pairs)
    lines = ",\n".join(json.dumps(case) for case in cases)
    (target / "expected.json").write_text(f"[\n{lines}\n]\n")


def same(left, right):
    """Whether two parsed expected.json agree but for rounding."""
    if isinstance(left, float) and isinstance(right, float):
        return abs(left - right) <= 1e-5
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    return left == right


def check(written):
    for name in CHECKPOINTS:
        old, new = FIXTURES / name, written / name
        assert same(*(json.loads((d / "expected.json").read_text()) for d in (old, new))), f"{name}: results differ"
        assert (old / "tokenizer.json").read_bytes() == (new / "tokenizer.json").read_bytes(), f"{name}: tokenizer"
        weights = [load_file(d / "model.safetensors") for d in (old, new)]
        assert weights[0].keys() == weights[1].keys(), f"{name}: tensors differ"
        assert all(torch.equal(weights[0][key], weights[1][key]) for key in weights[0]), f"{name}: weights differ"


def write_minilm(directory):
    model = BertModel.from_pretrained(directory).eval()
    encoder = Tokenizer.from_file(str(pathlib.Path(directory) / "tokenizer.json"))
    encoder.no_truncation()
    encoder.no_padding()
    rows = []
    for text in MINILM_TEXTS:
        ids = torch.tensor([encoder.encode(text).ids])
        with torch.no_grad():
            rows.append(torch.nn.functional.normalize(model(ids).last_hidden_state[0].mean(0), dim=0))
    save_file({"embeddings": torch.stack(rows)}, FIXTURES / "minilm-embeddings.safetensors")
    (FIXTURES / "minilm-texts.json").write_text(json.dumps(MINILM_TEXTS, indent=0, ensure_ascii=False) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--minilm", metavar="DIR")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.minilm:
        return write_minilm(arguments.minilm)
    with tempfile.TemporaryDirectory() as temporary:
        written = pathlib.Path(temporary)
        for seed, name in enumerate(CHECKPOINTS):
            write_checkpoint(written, name, seed + 1)
        if arguments.check:
            return check(written)
        for name in CHECKPOINTS:
            shutil.rmtree(FIXTURES / name, ignore_errors=True)
            shutil.copytree(written / name, FIXTURES / name)


if __name__ == "__main__":
    sys.exit(main())
