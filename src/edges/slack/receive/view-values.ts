import { z } from 'zod';

const Option = z.object({ value: z.string() });

/** What an element of a view or message holds; each kind keeps it under a key of its own. */
export const Entered = z.object({
  value: z.string().nullish(),
  selected_option: Option.nullish(),
  selected_options: z.array(Option).nullish(),
  selected_date: z.string().nullish(),
  selected_time: z.string().nullish(),
  selected_date_time: z.number().nullish(),
  selected_user: z.string().nullish(),
  selected_users: z.array(z.string()).nullish(),
});
const State = z.object({ values: z.record(z.string(), z.record(z.string(), Entered)) });

/** The text typed, the option, date or person chosen; several with commas between; null where nothing was. */
export function enteredValue(entered: z.infer<typeof Entered>): string | null {
  const several = entered.selected_options?.map((option) => option.value) ?? entered.selected_users ?? [];
  return (
    entered.value ??
    entered.selected_option?.value ??
    entered.selected_date ??
    entered.selected_time ??
    entered.selected_date_time?.toString() ??
    entered.selected_user ??
    (several.length > 0 ? several.join(',') : null)
  );
}

/** What a modal holds, by block id. */
export function valuesByBlock(state: unknown): Record<string, string | null> {
  const parsed = State.safeParse(state);
  if (!parsed.success) return {};
  return Object.fromEntries(
    Object.entries(parsed.data.values).map(([block, elements]) => {
      const [element] = Object.values(elements);
      return [block, element === undefined ? null : enteredValue(element)];
    }),
  );
}
