// libtriage: who should handle a query, a script, a large remote model, or a person?
//
//     triage_options options = TRIAGE_OPTIONS_INIT;
//     options.model = "models/triage-en";
//     triage_router *router;
//     triage_error error = TRIAGE_ERROR_INIT;
//     if (triage_open(&options, &router, &error) != TRIAGE_OK) puts(error.message);
//
// Status. Functions that can fail return TRIAGE_OK or a negative status and write what is wrong into the caller's
// triage_error, which may be NULL. A query that the model abstains from, or that it cannot answer, is no failure: it is
// a decision with an outcome, and names its fallback where there is one.
//
// Ownership. The caller owns all memory that is passed in, for reading or writing, and may release it when the call
// returns: nothing is kept and nothing is to be freed but the router. Returned strings are constants.
//
// Threads. All functions may be called from many threads at once, also on one router; triage_close alone must be the
// last call on its router. Memory to write into belongs to one call at a time.
//
// The host. Nothing is printed, no signal handler is set, and the process is never ended for what an argument says,
// NULL included; a pointer to something else than its type is beyond help. The environment is read alone, but that the
// first model in floating point sets OPENBLAS_CORETYPE where it is not set. Threads that compute in parallel start when
// first asked for, block the host's signals, and live as long as the process: the library stays loaded after dlclose. A
// process that forks must do so before its first call. Calling threads need 256 kB of stack, and the rounding mode that
// C programs start with: in another one results differ. Files of a model or policy are replaced by renaming new ones
// over them: an uncompressed model.safetensors is mapped, and one that is written over in place changes, or stops the
// process.
//
// Text is UTF-8. Strings end with NUL; the text of a query has a length and may hold any character.
//
// Versions. Structures that may grow begin with `struct_size`: initialise them with their macro, and a host compiled
// against an older header keeps working with a newer library, and the other way round: fields that the library does not
// know are left alone. The library's file changes its name (libtriage.so.1) where that cannot be kept.
#ifndef TRIAGE_H
#define TRIAGE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The interface that this header describes; see triage_version.
#define TRIAGE_VERSION_MAJOR 1
#define TRIAGE_VERSION_MINOR 1

/// The most bytes of one text, the most texts of one call, the most pairs of metadata, and the most bytes of a tenant,
/// a key or a value.
#define TRIAGE_TEXT_MAXIMUM 0x4000000
#define TRIAGE_TEXTS_MAXIMUM 65536
#define TRIAGE_METADATA_MAXIMUM 64
#define TRIAGE_NAME_MAXIMUM 4096

/// What functions return.
enum {
    TRIAGE_OK = 0,
    /// A pointer is NULL, a number out of its range, a structure not initialised, or a name not UTF-8.
    TRIAGE_INVALID_ARGUMENT = -1,
    /// The text of a query is not UTF-8. There is no decision, and the call is not counted.
    TRIAGE_INVALID_TEXT = -2,
    /// The model cannot be loaded, has no labels, does not compute what it should, or has names longer than fit into a
    /// triage_decision.
    TRIAGE_MODEL_ERROR = -3,
    /// The policy cannot be read, or does not fit the model; the message names file, lines and reasons.
    TRIAGE_POLICY_ERROR = -4,
    /// The system lacks a resource.
    TRIAGE_SYSTEM_ERROR = -5
};

/// How a decision came about. The four of them are counted.
enum {
    /// The model was sure enough, or a rule applies.
    TRIAGE_CLASSIFIED = 1,
    /// The model was not sure enough, or the text too long: the route is the fallback for that.
    TRIAGE_ABSTAINED = 2,
    /// There is nothing to read in the text, and no route.
    TRIAGE_REJECTED = 3,
    /// The model failed, or not in time: the route is the policy's fallback for that, if there is a policy.
    TRIAGE_UNAVAILABLE = 4
};

/// Which arithmetic the model is run with.
enum {
    /// 8-bit integers where the weights are stored so, otherwise floating point.
    TRIAGE_PRECISION_AUTOMATIC = 0,
    /// 32-bit floating point, through OpenBLAS.
    TRIAGE_PRECISION_FLOAT32 = 1,
    /// 8-bit integers: the same bits on every machine, alone and in any batch.
    TRIAGE_PRECISION_INT8 = 2
};

/// What the model computes on.
enum {
    /// The processor.
    TRIAGE_BACKEND_CPU = 0,
    /// The processor, and for calls of many texts the GPU where there is one that is faster. It is looked for once
    /// there is
    /// enough work to be worth it, which takes that call some tenths of a second. Where it fails the processor computes
    /// the
    /// same texts, and all that follow; `device_notice` of triage_info then says why.
    TRIAGE_BACKEND_AUTO = 1,
    /// The GPU alone, through Vulkan: TRIAGE_MODEL_ERROR where that cannot be used.
    TRIAGE_BACKEND_VULKAN = 2
};

/// Bits of `flags` in a decision.
enum {
    /// The text was longer than the model reads, and was cut.
    TRIAGE_TRUNCATED = 1,
    /// The model's first stage answered.
    TRIAGE_FIRST_STAGE = 2
};

/// A router: a model, and a policy where there is one. Opaque.
typedef struct triage_router triage_router;

/// What went wrong in one call.
typedef struct triage_error {
    size_t struct_size;
    /// What the function returned, TRIAGE_OK included.
    int32_t status;
    uint32_t reserved;
    /// For people; empty with TRIAGE_OK. Longer ones are cut between two characters.
    char message[1024];
} triage_error;
#define TRIAGE_ERROR_INIT \
    { sizeof(triage_error), 0, 0, "" }

/// What a router is made of.
typedef struct triage_options {
    size_t struct_size;
    /// The directory of the model; required.
    const char *model;
    /// The policy file; NULL for the model's own settings.
    const char *policy;
    /// TRIAGE_PRECISION_…
    int32_t precision;
    /// 1 to ask the whole model about every text, also where its first stage is sure; else 0.
    int32_t skips_first_stage;
    // Since version 1.1:
    /// For a GPU its number or a part of its name; NULL for the best that is not software.
    const char *device;
    /// TRIAGE_BACKEND_…
    int32_t backend;
    uint32_t reserved;
} triage_options;
#define TRIAGE_OPTIONS_INIT \
    { sizeof(triage_options), NULL, NULL, TRIAGE_PRECISION_AUTOMATIC, 0, NULL, TRIAGE_BACKEND_CPU, 0 }

/// One pair of metadata.
typedef struct triage_pair {
    const char *key;
    const char *value;
} triage_pair;

/// What is known of a query beside its text.
typedef struct triage_context {
    size_t struct_size;
    /// Whose query it is; NULL for nobody's in particular. One that the policy does not name has the general terms.
    const char *tenant;
    /// What the policy's rules may ask for: `metadata_count` pairs with distinct keys; NULL with 0 of them.
    const triage_pair *metadata;
    size_t metadata_count;
    /// Milliseconds from the call, after which a model that has not been asked yet is not asked any more; 0 for no
    /// limit.
    uint32_t deadline_ms;
    uint32_t reserved;
} triage_context;
#define TRIAGE_CONTEXT_INIT \
    { sizeof(triage_context), NULL, NULL, 0, 0, 0 }

/// A text of a query: `length` bytes of UTF-8; NULL with 0 of them.
typedef struct triage_text {
    const char *bytes;
    size_t length;
} triage_text;

/// Who handles a query, and why. Strings are empty where there is nothing to say; none is ever cut.
typedef struct triage_decision {
    size_t struct_size;
    /// Which loading of the files decided: 1 after triage_open, one more with each triage_reload that returns
    /// TRIAGE_OK.
    uint64_t generation;
    /// What the handler is expected to cost, what that saves beside the policy's baseline (negative where it costs
    /// more), in the policy's currency, and how long the handler takes, in milliseconds; NAN without a policy, and with
    /// no route.
    double cost;
    double saving;
    double latency_ms;
    /// The calibrated probability that the label is right, 0 to 1, and by how much the label's probability exceeds the
    /// next; 0 where the model did not classify.
    float confidence;
    float margin;
    /// The share of the queries in training that were less unlike the rest, 0 to 1; NAN where the model cannot say.
    float out_of_scope;
    /// TRIAGE_CLASSIFIED, TRIAGE_ABSTAINED, TRIAGE_REJECTED or TRIAGE_UNAVAILABLE.
    int32_t outcome;
    /// Tokens that were read, special ones included; 0 where the text was not looked at.
    uint32_t token_count;
    /// TRIAGE_TRUNCATED, TRIAGE_FIRST_STAGE.
    uint32_t flags;
    /// By a policy `script`, `remote` or `human`; else what the model names, or the label itself.
    char route[128];
    /// The handler on that route.
    char target[128];
    /// The most probable label.
    char label[128];
    /// The rule that applies.
    char rule[128];
    /// A word: confident, rule, ambiguous, out_of_scope, too_long, nothing_to_read, deadline_passed or failed.
    char reason[24];
    /// `sha256:` and the digest of the model, and of the policy where there is one.
    char model_identity[80];
    char policy_identity[80];
    /// What computes, such as `cpu-int8-avx512vnni`; in 8-bit integers every one computes the same bits.
    char backend[32];
} triage_decision;
#define TRIAGE_DECISION_INIT \
    { sizeof(triage_decision), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "", "", "", "", "", "", "", "" }

/// How many queries ended in which outcome, over all generations; their sum is the number of decisions that were given.
typedef struct triage_counts {
    size_t struct_size;
    uint64_t classified;
    uint64_t abstained;
    uint64_t rejected;
    uint64_t unavailable;
} triage_counts;
#define TRIAGE_COUNTS_INIT \
    { sizeof(triage_counts), 0, 0, 0, 0 }

/// What decides on queries that begin now.
typedef struct triage_info {
    size_t struct_size;
    uint64_t generation;
    /// The most tokens that the model reads.
    uint32_t maximum_token_count;
    uint32_t label_count;
    /// Of the policy; empty without one.
    char currency[8];
    char model_identity[80];
    char policy_identity[80];
    /// With TRIAGE_BACKEND_AUTO what computes small calls.
    char backend[32];
    // Since version 1.1:
    /// With TRIAGE_BACKEND_AUTO why the GPU is not used, for people; empty while it is, and while it was not looked
    /// for.
    char device_notice[256];
} triage_info;
#define TRIAGE_INFO_INIT \
    { sizeof(triage_info), 0, 0, 0, "", "", "", "", "" }

/// The interface of the library that is loaded: major version << 16 | minor version. A host may use a library of its
/// own major version and an equal or greater minor one.
uint32_t triage_version(void);

/// The same as text, such as `1.0`.
const char *triage_version_string(void);

/// What a status means, in a few words; never NULL.
const char *triage_status_text(int status);

/// Loads the files, lets the model prove itself on the examples it carries, and sets `*out`, to be given to
/// triage_close; NULL after a failure. Takes some tens of milliseconds and blocks.
int triage_open(const triage_options *options, triage_router **out, triage_error *error);

/// Decides on one query. `context` may be NULL. Computes on the calling thread, without network or file access, and
/// waits for no other call. `*out` is written with TRIAGE_OK alone.
int triage_decide(triage_router *router, const char *text, size_t length, const triage_context *context,
                  triage_decision *out, triage_error *error);

/// Decides on `count` queries of one context, by one generation: each decision is that which the text gets alone. `out`
/// has room for `count` decisions that lie `out->struct_size` bytes apart, a multiple of 8; the first alone must be
/// initialised. At most `threads` threads compute, and never more than the process may use processors; 0 for as many as
/// that. Where one text is invalid, none is decided on, and the message tells its index.
int triage_decide_many(triage_router *router, const triage_text *texts, size_t count, const triage_context *context,
                       triage_decision *out, unsigned threads, triage_error *error);

/// Loads the files of `options`, or with NULL those of the last success again, and replaces the router's model and
/// policy by them. Until that is done, and after a failure, the old ones decide; queries that have begun end with what
/// they began with. Blocks for as long as loading takes. Of several calls at a time the last to begin loading wins.
int triage_reload(triage_router *router, const triage_options *options, triage_error *error);

/// How the calls so far ended.
int triage_counts_get(triage_router *router, triage_counts *out, triage_error *error);

/// What decides now.
int triage_info_get(triage_router *router, triage_info *out, triage_error *error);

/// Frees the router; NULL does nothing. No other call may be using the router, and none may use it again.
void triage_close(triage_router *router);

#ifdef __cplusplus
}
#endif

#endif
