/** Runs `act` once everything asked under the same name before is over, however that went. */
export type InTurn = <T>(name: string, act: () => Promise<T>) => Promise<T>;

/** One act at a time a name, in the order in which they are asked for. */
export function turns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (name, act) => {
    const turn = (last.get(name) ?? Promise.resolve()).then(act);
    const settled = turn
      .catch(() => undefined)
      .then(() => {
        if (last.get(name) === settled) last.delete(name);
      });
    last.set(name, settled);
    return turn;
  };
}
