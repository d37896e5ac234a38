// The header from C++: every initialiser, without a warning.
#include <triage.h>

int main() {
    triage_options options = TRIAGE_OPTIONS_INIT;
    triage_context context = TRIAGE_CONTEXT_INIT;
    triage_decision decision = TRIAGE_DECISION_INIT;
    triage_counts counts = TRIAGE_COUNTS_INIT;
    triage_info info = TRIAGE_INFO_INIT;
    triage_error error = TRIAGE_ERROR_INIT;
    triage_router *router = nullptr;
    bool refused = triage_open(&options, &router, &error) == TRIAGE_INVALID_ARGUMENT && error.message[0] && !router &&
                   triage_decide(router, "", 0, &context, &decision, nullptr) == TRIAGE_INVALID_ARGUMENT &&
                   triage_counts_get(router, &counts, nullptr) == TRIAGE_INVALID_ARGUMENT &&
                   triage_info_get(router, &info, nullptr) == TRIAGE_INVALID_ARGUMENT;
    triage_close(router);
    return refused ? 0 : 1;
}
