// Counts the blocks of memory that a program asks for: linked into a program it takes the place of the C
// library's malloc and its like, which Swift's runtime uses too.
#pragma once

#include <stdint.h>

// Blocks asked for so far, by all threads.
uint64_t triage_allocation_count(void);
