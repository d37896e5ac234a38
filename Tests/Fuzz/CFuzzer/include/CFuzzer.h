#pragma once
#include <stddef.h>
#include <stdint.h>

// libFuzzer's driver for programs that keep their own main: SwiftPM renames the main function of an executable, so
// the one in the library would not be found. https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*test)(const uint8_t *data, size_t size));
