#include "COpenBLAS.h"
int triage_placeholder_openblas(void) { return 0; }
