/**
 * Kinds of system that can be granted on: one folder each beside this file. A system of any other kind is refused when
 * it is loaded.
 */
export const connectorKinds: ReadonlySet<string> = new Set(['postgres', 'okta', 'github']);
