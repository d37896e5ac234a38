"""The network that is trained, how texts become its input, and what it predicts."""

from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from corpus import ROUTES

# Longest input in training; what matters in a query stands near its beginning,
# and the rare long ones would cost most of the time.
TRAINING_TOKENS = 96
# Longest input of the finished model.
MODEL_TOKENS = 256
# The length that the heads see a vector at: their weights stay of the size that
# their learning rate is made for.
HEAD_SCALE = 16.0


@dataclass
class Batch:
    ids: Tensor
    mask: Tensor


class TriageNetwork(nn.Module):
    """A BERT encoder, the mean over its real tokens at length 1, and two linear heads: routes and intents.

    The heads teach the encoder and are left behind: what the model decides with is
    fitted on its vectors afterwards, by `triage train`.
    """

    def __init__(self, base: Path, intents: int):
        super().__init__()
        config = BertConfig.from_pretrained(base)
        self.bert = BertModel.from_pretrained(base, config=config, add_pooling_layer=False)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)
        self.routes = nn.Linear(config.hidden_size, len(ROUTES))
        self.intents = nn.Linear(config.hidden_size, intents)
        # Words that never occur in training must stay where they were relative to
        # those that do, or a new domain drifts out of reach. It also saves the
        # optimiser half of the parameters.
        self.bert.embeddings.word_embeddings.weight.requires_grad_(False)

    def embed(self, batch: Batch) -> Tensor:
        hidden = self.bert(batch.ids, attention_mask=batch.mask).last_hidden_state.float()
        real = batch.mask.unsqueeze(-1).float()
        return nn.functional.normalize((hidden * real).sum(1) / real.sum(1), dim=1)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Logits of the routes and of the intents."""
        vectors = self.dropout(HEAD_SCALE * self.embed(batch))
        return self.routes(vectors), self.intents(vectors)


def load_tokenizer(base: Path) -> Tokenizer:
    """The base model's tokenizer, without padding and with the model's truncation."""
    tokenizer = Tokenizer.from_file(str(Path(base) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MODEL_TOKENS)
    if tokenizer.encode("PAY MY BILL").ids != tokenizer.encode("pay my bill").ids:
        raise SystemExit(f"{base}: the tokenizer keeps case, and case gives the route away in this data")
    return tokenizer


def collate(token_ids: list[list[int]]) -> Batch:
    """Pads a few token lists to the longest of them (the padding id is 0)."""
    longest = max(map(len, token_ids))
    ids = torch.zeros(len(token_ids), longest, dtype=torch.long)
    for row, tokens in enumerate(token_ids):
        ids[row, : len(tokens)] = torch.tensor(tokens)
    lengths = torch.tensor([len(tokens) for tokens in token_ids])
    return Batch(ids, (torch.arange(longest) < lengths.unsqueeze(1)).long())


@torch.no_grad()
def route_logits(network: TriageNetwork, tokenizer: Tokenizer, texts: list[str], rows: int = 64) -> Tensor:
    """Logits of the routes in f32, in the order of `texts`."""
    was_training = network.training
    network.eval()
    encoded = [e.ids for e in tokenizer.encode_batch(texts)]
    # Neighbours in length share a batch, so next to nothing is spent on padding.
    order = sorted(range(len(encoded)), key=lambda i: len(encoded[i]))
    logits = torch.empty(len(texts), len(ROUTES))
    for start in range(0, len(order), rows):
        members = order[start : start + rows]
        logits[members] = network(collate([encoded[i] for i in members]))[0]
    network.train(was_training)
    return logits


def predictions(logits: Tensor, temperature: float) -> list[tuple[str, float]]:
    """Route and calibrated confidence of each row."""
    confidence, index = (logits / temperature).softmax(-1).max(-1)
    return [(ROUTES[i], c) for i, c in zip(index.tolist(), confidence.tolist())]


def fit_temperature(logits: Tensor, routes: Tensor) -> float:
    """The temperature that makes the true routes likeliest.

    One number cannot change a decision, only how sure it claims to be.
    """
    log_temperature = torch.zeros(1, requires_grad=True)
    optimizer = torch.optim.LBFGS([log_temperature], max_iter=100)

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = nn.functional.cross_entropy(logits / log_temperature.exp(), routes)
        value.backward()
        return value

    optimizer.step(loss)
    return round(log_temperature.exp().item(), 4)
