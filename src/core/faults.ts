/** Awaited at named spots between two effects, so that a test can kill the process exactly there. */
export type FaultHook = (spot: string) => Promise<void>;

export const noFaults: FaultHook = async () => {};
