import { z } from 'zod';
import json from './limits.json' with { type: 'json' };

/** What one field must be. Lengths count UTF-16 units of a string, or of a text object's `text`. */
const Constraint = z.object({
  required: z.boolean().exactOptional(),
  type: z.string().exactOptional(),
  object: z.string().exactOptional(),
  minLength: z.number().exactOptional(),
  maxLength: z.number().exactOptional(),
  minItems: z.number().exactOptional(),
  maxItems: z.number().exactOptional(),
  /** A list of element types, or what each item is. */
  items: z
    .union([z.array(z.string()), z.object({ object: z.string(), textType: z.string().exactOptional() })])
    .exactOptional(),
  itemMaxLength: z.number().exactOptional(),
  maxCells: z.number().exactOptional(),
  min: z.number().exactOptional(),
  max: z.number().exactOptional(),
  enum: z.array(z.string()).exactOptional(),
  pattern: z.string().exactOptional(),
  allowUrl: z.boolean().exactOptional(),
});
export type Constraint = z.infer<typeof Constraint>;

/** The fields of one kind of thing, and the rules across them (`$…`). */
const Definition = z.record(z.string(), z.unknown()).transform((raw, ctx) => {
  const fields: Record<string, Constraint> = {};
  for (const [name, value] of Object.entries(raw)) {
    if (name.startsWith('$')) continue;
    const parsed = Constraint.safeParse(value);
    if (parsed.success) fields[name] = parsed.data;
    else ctx.addIssue({ code: 'custom', message: `limits.json: ${name}: ${parsed.error.message}` });
  }
  return { fields, ...Across.parse(raw) };
});
const Across = z.object({
  $atLeastOneOf: z.array(z.string()).exactOptional(),
  $exactlyOneOf: z.array(z.string()).exactOptional(),
  $lte: z.tuple([z.string(), z.string()]).exactOptional(),
  $within: z.tuple([z.string(), z.string(), z.string()]).exactOptional(),
  $initialMustMatch: z.string().exactOptional(),
  $submitRequiredIfInput: z.boolean().exactOptional(),
  $maxBytes: z.number().exactOptional(),
});
export type Definition = z.infer<typeof Definition>;

const Surface = z.object({
  blocks: Constraint,
  allowedBlocks: z.array(z.string()),
  text: z.object({ maxLength: z.number() }).exactOptional(),
  maxTables: z.number().exactOptional(),
  markdownTotal: z.number().exactOptional(),
  softTotalBlockJsonChars: z.number().exactOptional(),
});
export type Surface = z.infer<typeof Surface>;

const Limits = z.object({
  surfaces: z.object({ message: Surface, modal: Surface, home: Surface }),
  views: z.object({ modal: Definition, home: Definition }),
  blocks: z.record(z.string(), Definition),
  elements: z.record(z.string(), Definition),
  objects: z.record(z.string(), Definition),
});

/** Slack's limits on Block Kit, from limits.json. */
export const limits = Limits.parse(json);
