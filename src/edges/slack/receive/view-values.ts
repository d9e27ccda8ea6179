import { z } from 'zod';

const Value = z.object({
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
});
const State = z.object({ values: z.record(z.string(), z.record(z.string(), Value)) });

/** What a submitted modal holds, by block id: the text typed or the option chosen, null where it was left empty. */
export function valuesByBlock(state: unknown): Record<string, string | null> {
  const parsed = State.safeParse(state);
  if (!parsed.success) return {};
  return Object.fromEntries(
    Object.entries(parsed.data.values).map(([block, elements]) => {
      const [element] = Object.values(elements);
      return [block, element?.value ?? element?.selected_option?.value ?? null];
    }),
  );
}
