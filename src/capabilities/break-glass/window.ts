import { z } from 'zod';
import type { Decision } from '../../policy/index.js';

const Window = z.object({ kind: z.literal('window'), minutes: z.int().min(1), self_declared: z.boolean() });

/** How long policy lets a use last, and whether that is on the user's own word alone. */
export function windowOf({ obligations }: Decision<'allow'>): { minutes: number; selfDeclared: boolean } {
  const { minutes, self_declared: selfDeclared } = Window.parse(obligations[0]);
  return { minutes, selfDeclared };
}
