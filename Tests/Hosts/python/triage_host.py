"""Uses libtriage through ctypes, and nothing else.

triage_host.py layout                      prints the structures as Tests/Hosts/c/layout.c does
triage_host.py decide LIBRARY MODEL TEXT…  prints a line of JSON a text, with the keys of `triage classify --json`
"""

import ctypes
import json
import math
import sys
from ctypes import POINTER, byref, c_char, c_char_p, c_double, c_float, c_int, c_int32, c_size_t, c_uint, c_uint32
from ctypes import c_uint64, c_void_p, sizeof


class Pair(ctypes.Structure):
    _fields_ = [("key", c_char_p), ("value", c_char_p)]


class Text(ctypes.Structure):
    _fields_ = [("bytes", c_char_p), ("length", c_size_t)]


class Versioned(ctypes.Structure):
    def __init__(self, **fields):
        super().__init__(struct_size=sizeof(self), **fields)


class Error(Versioned):
    _fields_ = [
        ("struct_size", c_size_t),
        ("status", c_int32),
        ("reserved", c_uint32),
        ("message", c_char * 1024),
    ]


class Options(Versioned):
    _fields_ = [
        ("struct_size", c_size_t),
        ("model", c_char_p),
        ("policy", c_char_p),
        ("precision", c_int32),
        ("skips_first_stage", c_int32),
        ("device", c_char_p),
        ("backend", c_int32),
        ("reserved", c_uint32),
    ]


class Context(Versioned):
    _fields_ = [
        ("struct_size", c_size_t),
        ("tenant", c_char_p),
        ("metadata", POINTER(Pair)),
        ("metadata_count", c_size_t),
        ("deadline_ms", c_uint32),
        ("reserved", c_uint32),
    ]


class Decision(Versioned):
    _fields_ = [
        ("struct_size", c_size_t),
        ("generation", c_uint64),
        ("cost", c_double),
        ("saving", c_double),
        ("latency_ms", c_double),
        ("confidence", c_float),
        ("margin", c_float),
        ("out_of_scope", c_float),
        ("outcome", c_int32),
        ("token_count", c_uint32),
        ("flags", c_uint32),
        ("route", c_char * 128),
        ("target", c_char * 128),
        ("label", c_char * 128),
        ("rule", c_char * 128),
        ("reason", c_char * 24),
        ("model_identity", c_char * 80),
        ("policy_identity", c_char * 80),
        ("backend", c_char * 32),
    ]


class Counts(Versioned):
    _fields_ = [
        ("struct_size", c_size_t),
        ("classified", c_uint64),
        ("abstained", c_uint64),
        ("rejected", c_uint64),
        ("unavailable", c_uint64),
    ]


class Info(Versioned):
    _fields_ = [
        ("struct_size", c_size_t),
        ("generation", c_uint64),
        ("maximum_token_count", c_uint32),
        ("label_count", c_uint32),
        ("currency", c_char * 8),
        ("model_identity", c_char * 80),
        ("policy_identity", c_char * 80),
        ("backend", c_char * 32),
        ("device_notice", c_char * 256),
    ]


STRUCTURES = {
    "triage_error": Error,
    "triage_options": Options,
    "triage_pair": Pair,
    "triage_context": Context,
    "triage_text": Text,
    "triage_decision": Decision,
    "triage_counts": Counts,
    "triage_info": Info,
}
OUTCOMES = {1: "classified", 2: "abstained", 3: "rejected", 4: "unavailable"}


def load(path):
    library = ctypes.CDLL(path)
    library.triage_version.restype = c_uint32
    library.triage_version.argtypes = []
    library.triage_status_text.restype = c_char_p
    library.triage_status_text.argtypes = [c_int]
    library.triage_open.argtypes = [POINTER(Options), POINTER(c_void_p), POINTER(Error)]
    library.triage_decide.argtypes = [
        c_void_p, c_char_p, c_size_t, POINTER(Context), POINTER(Decision), POINTER(Error)
    ]
    library.triage_decide_many.argtypes = [
        c_void_p, POINTER(Text), c_size_t, POINTER(Context), POINTER(Decision), c_uint, POINTER(Error)
    ]
    library.triage_counts_get.argtypes = [c_void_p, POINTER(Counts), POINTER(Error)]
    library.triage_close.restype = None
    library.triage_close.argtypes = [c_void_p]
    assert library.triage_version() >> 16 == 1
    return library


class Router:
    def __init__(self, library, model):
        self.library = library
        self.handle = c_void_p()
        self.error = Error()
        self._check(library.triage_open(byref(Options(model=model.encode())), byref(self.handle), byref(self.error)))

    def _check(self, status):
        if status != 0:
            raise RuntimeError(f"{self.library.triage_status_text(status).decode()}: {self.error.message.decode()}")

    def decide(self, text, **context):
        decision, data = Decision(), text.encode()
        known = byref(Context(**context)) if context else None
        self._check(
            self.library.triage_decide(self.handle, data, len(data), known, byref(decision), byref(self.error))
        )
        return decision

    def decide_many(self, texts):
        data = [text.encode() for text in texts]
        batch = (Text * len(data))(*[Text(bytes, len(bytes)) for bytes in data])
        decisions = (Decision * len(data))(Decision())
        self._check(
            self.library.triage_decide_many(
                self.handle, batch, len(data), None, decisions, 0, byref(self.error)
            )
        )
        return list(decisions)

    def counts(self):
        counts = Counts()
        self._check(self.library.triage_counts_get(self.handle, byref(counts), byref(self.error)))
        return counts

    def close(self):
        self.library.triage_close(self.handle)
        self.handle = None


def line(decision):
    return json.dumps(
        {
            "route": decision.route.decode() or None,
            "label": decision.label.decode(),
            "outcome": OUTCOMES[decision.outcome],
            # The shortest digits that give the same 32 bits are what both print: compared as 32 bits.
            "confidence": decision.confidence.hex(),
            "margin": decision.margin.hex(),
            "out_of_scope": None if math.isnan(decision.out_of_scope) else decision.out_of_scope.hex(),
            "model": decision.model_identity.decode(),
            "tokens": decision.token_count,
            "truncated": bool(decision.flags & 1),
        }
    )


def print_layout():
    for name, structure in STRUCTURES.items():
        print(name, sizeof(structure))
        for field, _ in structure._fields_:
            print(f"{name}.{field}", getattr(structure, field).offset, getattr(structure, field).size)


def main():
    if sys.argv[1:] == ["layout"]:
        return print_layout()
    _, _, path, model, *texts = sys.argv
    library = load(path)
    try:
        Router(library, model + "/no/such/model")
        raise SystemExit("a model that is not there was loaded")
    except RuntimeError as error:
        assert "the model cannot be used" in str(error), error
    router = Router(library, model)
    single = [router.decide(text, tenant=b"acme", deadline_ms=60_000) for text in texts]
    lines = [line(decision) for decision in single]
    assert lines == [line(decision) for decision in router.decide_many(texts)], "alone and together differ"
    counts = router.counts()
    assert counts.classified + counts.abstained + counts.rejected + counts.unavailable == 2 * len(texts)
    router.close()
    print("\n".join(lines))


main()
