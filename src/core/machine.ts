/**
 * A capability's states as one table: `table[state][event]` is the next state, a missing cell is impossible. A state that
 * no event leaves is final.
 *
 * @example
 * const door = defineMachine('shut', { shut: { open: 'ajar' }, ajar: { shut: 'shut' } });
 * door.next('shut', 'open'); // 'ajar'
 */
export interface Machine<State extends string, Event extends string> {
  readonly initial: State;
  readonly states: readonly State[];
  readonly events: readonly Event[];
  next(state: State, event: Event): State | null;
  isFinal(state: State): boolean;
  isState(text: string): text is State;
}

export function defineMachine<State extends string, Event extends string>(
  initial: State,
  table: Readonly<Record<State, Readonly<Partial<Record<Event, State>>>>>,
): Machine<State, Event> {
  const cells = new Map<string, ReadonlyMap<string, State>>();
  for (const state in table) cells.set(state, new Map(entriesOf<Event, State>(table[state])));
  const states: State[] = [];
  for (const state in table) states.push(state);
  const events = [
    ...new Set(states.flatMap((state) => entriesOf<Event, State>(table[state]).map(([event]) => event))),
  ];
  return {
    initial,
    states,
    events,
    next: (state, event) => cells.get(state)?.get(event) ?? null,
    isFinal: (state) => [...(cells.get(state)?.values() ?? [])].every((next) => next === state),
    isState: (text): text is State => cells.has(text),
  };
}

function entriesOf<Event extends string, State extends string>(
  row: Readonly<Partial<Record<Event, State>>>,
): [Event, State][] {
  const entries: [Event, State][] = [];
  for (const event in row) {
    const next = row[event];
    if (next !== undefined) entries.push([event, next]);
  }
  return entries;
}
