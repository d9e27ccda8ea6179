/** A log's name for ever: the first line of its checkpoints and the name of its keys (C2SP tlog-checkpoint). */
export const logOrigin = (tenant: string): string => `countersign.log/${tenant}`;
