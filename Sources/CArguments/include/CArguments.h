// The arguments of this process as its start-up code got them. Swift's CommandLine reads them from /proc, without which
// it takes every command for one without arguments.
#pragma once

// The program's name included.
int triage_argument_count(void);

// Null where there is none; lives as long as the process.
const char *triage_argument(int position);
