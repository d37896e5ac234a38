// Prints the size of every structure of triage.h and the place of every field, for other languages to compare theirs
// with.
#include <stdio.h>
#include <triage.h>

#define SIZE(type) printf("%s %zu\n", #type, sizeof(type))
#define FIELD(type, field) printf("%s.%s %zu %zu\n", #type, #field, offsetof(type, field), sizeof(((type *)0)->field))

int main(void) {
    SIZE(triage_error);
    FIELD(triage_error, struct_size);
    FIELD(triage_error, status);
    FIELD(triage_error, reserved);
    FIELD(triage_error, message);
    SIZE(triage_options);
    FIELD(triage_options, struct_size);
    FIELD(triage_options, model);
    FIELD(triage_options, policy);
    FIELD(triage_options, precision);
    FIELD(triage_options, skips_first_stage);
    FIELD(triage_options, device);
    FIELD(triage_options, backend);
    FIELD(triage_options, reserved);
    SIZE(triage_pair);
    FIELD(triage_pair, key);
    FIELD(triage_pair, value);
    SIZE(triage_context);
    FIELD(triage_context, struct_size);
    FIELD(triage_context, tenant);
    FIELD(triage_context, metadata);
    FIELD(triage_context, metadata_count);
    FIELD(triage_context, deadline_ms);
    FIELD(triage_context, reserved);
    SIZE(triage_text);
    FIELD(triage_text, bytes);
    FIELD(triage_text, length);
    SIZE(triage_decision);
    FIELD(triage_decision, struct_size);
    FIELD(triage_decision, generation);
    FIELD(triage_decision, cost);
    FIELD(triage_decision, saving);
    FIELD(triage_decision, latency_ms);
    FIELD(triage_decision, confidence);
    FIELD(triage_decision, margin);
    FIELD(triage_decision, out_of_scope);
    FIELD(triage_decision, outcome);
    FIELD(triage_decision, token_count);
    FIELD(triage_decision, flags);
    FIELD(triage_decision, route);
    FIELD(triage_decision, target);
    FIELD(triage_decision, label);
    FIELD(triage_decision, rule);
    FIELD(triage_decision, reason);
    FIELD(triage_decision, model_identity);
    FIELD(triage_decision, policy_identity);
    FIELD(triage_decision, backend);
    SIZE(triage_counts);
    FIELD(triage_counts, struct_size);
    FIELD(triage_counts, classified);
    FIELD(triage_counts, abstained);
    FIELD(triage_counts, rejected);
    FIELD(triage_counts, unavailable);
    SIZE(triage_info);
    FIELD(triage_info, struct_size);
    FIELD(triage_info, generation);
    FIELD(triage_info, maximum_token_count);
    FIELD(triage_info, label_count);
    FIELD(triage_info, currency);
    FIELD(triage_info, model_identity);
    FIELD(triage_info, policy_identity);
    FIELD(triage_info, backend);
    FIELD(triage_info, device_notice);
    return 0;
}
