#include "CArguments.h"

#include <stddef.h>

// Written once, before main.
static int argument_count;
static char **arguments;

// glibc passes constructors what it passes to main.
__attribute__((constructor)) static void keep(int count, char **values) {
    argument_count = count;
    arguments = values;
}

int triage_argument_count(void) { return argument_count; }

const char *triage_argument(int position) {
    return position >= 0 && position < argument_count ? arguments[position] : NULL;
}
