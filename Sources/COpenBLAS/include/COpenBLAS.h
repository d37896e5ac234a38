int triage_placeholder_openblas(void);
