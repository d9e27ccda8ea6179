import type { KnownBlock, View } from '@slack/types';
export type Problem = {
  pointer: string;
  rule: string;
  severity: 'error' | 'warning';
  got?: unknown;
  limit?: unknown;
};
export type Payload =
  | { message: { text?: string | undefined; blocks?: KnownBlock[] | undefined } }
  | { view: View };
export function validatePayload(_payload: Payload): Problem[] {
  return [];
}
