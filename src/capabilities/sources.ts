/**
 * Read-only facts from outside, each behind its own `connectors/<system>/read.ts` and absent where none is configured.
 * What cannot be had counts as the stricter answer (rule 15), so no source ever throws into a verb.
 */
export type Sources = object;
