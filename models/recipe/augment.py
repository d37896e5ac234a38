"""Varies how a query is written without touching what it asks.

Each variation removes a way to tell the route from the style: the final mark,
apostrophes and commas, clean spelling, a greeting. Case needs no variation: the
base model's tokenizer lower-cases, and `train.py` refuses one that does not.
"""

import random

FINAL_MARKS = ".?!"
GREETINGS = (
    "hi", "hi,", "hello", "hello,", "hello there,", "hey", "hey,", "good morning,", "good evening,", "hi there",
    "excuse me,", "ok so", "ok,", "yes,", "please", "quick question:", "hi, i need some help.", "um",
)
CLOSINGS = ("please", "thanks", "thank you", "asap", "can you help", "please help me with this")


def vary(text: str, rng: random.Random) -> str:
    """One random rewriting of `text`."""
    if rng.random() < 0.10:
        text = misspell(text, rng)
    if rng.random() < 0.15:
        text = text.replace("'", "").replace("’", "")
    if rng.random() < 0.15:
        text = text.replace(",", "")
    if rng.random() < 0.10:
        text = f"{rng.choice(GREETINGS)} {text}"
    if rng.random() < 0.05:
        text = f"{text.rstrip(FINAL_MARKS)} {rng.choice(CLOSINGS)}"
    return vary_final_mark(text, rng)


def vary_final_mark(text: str, rng: random.Random) -> str:
    """Keeps, removes or replaces the final mark, so that it says nothing."""
    choice = rng.random()
    if choice < 0.4:
        return text
    bare = text.rstrip().rstrip(FINAL_MARKS).rstrip()
    if not bare:
        return text
    return bare if choice < 0.7 else bare + rng.choice(FINAL_MARKS)


def misspell(text: str, rng: random.Random) -> str:
    """One slip of the finger in one longer word: a letter dropped, doubled or swapped."""
    words = text.split(" ")
    long_words = [i for i, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    if not long_words:
        return text
    index = rng.choice(long_words)
    word = words[index]
    at = rng.randrange(1, len(word) - 1)
    slip = rng.randrange(3)
    if slip == 0:
        word = word[:at] + word[at + 1 :]
    elif slip == 1:
        word = word[:at] + word[at] + word[at:]
    else:
        word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    words[index] = word
    return " ".join(words)
