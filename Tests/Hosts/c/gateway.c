// A gateway: threads decide without a pause while another loads policies and models, good ones and bad ones.
//
//     gateway MODEL POLICY_A POLICY_B BAD_POLICY RELOADS THREADS
//
// The targets of policy A end in `-a`, those of B in `-b`. Fails where a call fails, where a decision belongs to two
// generations, or where a query is lost or counted twice. With 0 threads the main thread decides between reloads.
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <triage.h>

enum { MAXIMUM_RELOADS = 1000, MAXIMUM_THREADS = 64, BATCH = 5 };

static const char *texts[BATCH] = {"I lost my card, please block it", "what is the balance of my account",
                                   "write a poem about autumn rain", "", "zxqv wqpl mnrt"};

static triage_router *router;
static atomic_int is_over;
static atomic_ullong decisions;

/// What each generation is made of, by whoever sees it first.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char seen[MAXIMUM_RELOADS + 2][2][80];

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "gateway: %s: %s\n", what, detail);
    exit(1);
}

static void check_generation(uint64_t generation, const char *model, const char *policy) {
    if (generation < 1 || generation > MAXIMUM_RELOADS + 1) fail("generation out of range", policy);
    pthread_mutex_lock(&lock);
    char(*parts)[80] = seen[generation];
    if (!parts[0][0]) {
        strcpy(parts[0], model);
        strcpy(parts[1], policy);
    }
    int is_same = !strcmp(parts[0], model) && !strcmp(parts[1], policy);
    pthread_mutex_unlock(&lock);
    if (!is_same) fail("a generation with two models or policies", policy);
}

static void check(const triage_decision *decision, const char *policy_a) {
    check_generation(decision->generation, decision->model_identity, decision->policy_identity);
    size_t length = strlen(decision->target);
    if (decision->outcome == TRIAGE_REJECTED) {
        if (length) fail("a rejected text has a target", decision->target);
        return;
    }
    char expected = strcmp(decision->policy_identity, policy_a) ? 'b' : 'a';
    if (length < 2 || decision->target[length - 1] != expected) fail("a target of another policy", decision->target);
    if (decision->outcome == TRIAGE_UNAVAILABLE) fail("unavailable", decision->reason);
}

static void decide_once(const char *policy_a) {
    triage_error error = TRIAGE_ERROR_INIT;
    triage_pair pair = {"channel", "phone"};
    triage_context context = TRIAGE_CONTEXT_INIT;
    context.tenant = "acme";
    context.metadata = &pair;
    context.metadata_count = 1;
    triage_decision single = TRIAGE_DECISION_INIT, many[BATCH] = {TRIAGE_DECISION_INIT};
    triage_text batch[BATCH];
    for (int i = 0; i < BATCH; i++) {
        batch[i].bytes = texts[i];
        batch[i].length = strlen(texts[i]);
        const triage_context *known = i % 2 ? &context : NULL;
        if (triage_decide(router, batch[i].bytes, batch[i].length, known, &single, &error))
            fail("triage_decide", error.message);
        check(&single, policy_a);
    }
    if (triage_decide_many(router, batch, BATCH, NULL, many, 2, &error)) fail("triage_decide_many", error.message);
    for (int i = 0; i < BATCH; i++) {
        if (many[i].generation != many[0].generation) fail("a batch of two generations", many[i].target);
        check(&many[i], policy_a);
    }
    if (triage_decide(router, "\xff", 1, NULL, &single, NULL) != TRIAGE_INVALID_TEXT) fail("invalid text", "accepted");
    atomic_fetch_add(&decisions, 2 * BATCH);
}

static void *decide_until_over(void *policy_a) {
    while (!atomic_load(&is_over)) decide_once(policy_a);
    return NULL;
}

int main(int count, char **arguments) {
    if (count != 7) fail("usage", "gateway MODEL POLICY_A POLICY_B BAD_POLICY RELOADS THREADS");
    int reloads = atoi(arguments[5]), threads = atoi(arguments[6]);
    if (reloads > MAXIMUM_RELOADS || threads > MAXIMUM_THREADS) fail("usage", "too many reloads or threads");
    triage_error error = TRIAGE_ERROR_INIT;
    triage_options options = TRIAGE_OPTIONS_INIT;
    options.model = arguments[1];
    options.policy = arguments[2];
    if (triage_open(&options, &router, &error)) fail("triage_open", error.message);
    triage_info info = TRIAGE_INFO_INIT;
    if (triage_info_get(router, &info, &error)) fail("triage_info_get", error.message);
    char policy_a[80];
    strcpy(policy_a, info.policy_identity);

    pthread_t started[MAXIMUM_THREADS];
    for (int i = 0; i < threads; i++)
        if (pthread_create(&started[i], NULL, decide_until_over, policy_a)) fail("pthread_create", "");
    for (int i = 0; i < reloads; i++) {
        // In turn: policy B, a bad policy, no such model, policy A, the same files again.
        int turn = i % 5, is_good = turn != 1 && turn != 2;
        options.model = turn == 2 ? "/no/such/model" : arguments[1];
        options.policy = arguments[turn == 0 ? 3 : turn == 1 ? 4 : 2];
        uint64_t before = info.generation;
        int status = triage_reload(router, turn == 4 ? NULL : &options, &error);
        int expected = turn == 1 ? TRIAGE_POLICY_ERROR : turn == 2 ? TRIAGE_MODEL_ERROR : TRIAGE_OK;
        if (status != expected || error.status != expected || is_good == (error.message[0] != 0))
            fail("triage_reload", error.message);
        if (triage_info_get(router, &info, &error)) fail("triage_info_get", error.message);
        if (info.generation != before + (is_good ? 1 : 0)) fail("triage_reload", "does not count generations");
        check_generation(info.generation, info.model_identity, info.policy_identity);
        if (!threads) decide_once(policy_a);
    }
    atomic_store(&is_over, 1);
    for (int i = 0; i < threads; i++) pthread_join(started[i], NULL);

    triage_counts counts = TRIAGE_COUNTS_INIT;
    if (triage_counts_get(router, &counts, &error)) fail("triage_counts_get", error.message);
    unsigned long long total = counts.classified + counts.abstained + counts.rejected + counts.unavailable;
    unsigned long long expected = atomic_load(&decisions);
    triage_close(router);
    printf("gateway: %llu decisions on %d threads, %d reloads, %llu generations; counted %llu\n", expected,
           threads ? threads : 1, reloads, (unsigned long long)info.generation, total);
    return total == expected && expected ? 0 : 1;
}
