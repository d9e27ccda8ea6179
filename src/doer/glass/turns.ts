/** One act at a time an account: of a showing and an end, the later one must see what the earlier one did. */
export function glassTurns() {
  const last = new Map<string, Promise<unknown>>();
  return <T>(account: string, act: () => Promise<T>): Promise<T> => {
    const turn = (last.get(account) ?? Promise.resolve()).then(act, act);
    const settled = turn.catch(() => undefined);
    last.set(account, settled);
    return turn;
  };
}
