import { codeValue, inlineValue } from '../../blocks/index.js';
import type { Names } from '../define.js';
import { due } from '../wording.js';
import type { Justification, Review, Use } from './schemas.js';

/** One line each of what is open, for Homes and `/break-glass status`. */
export function useLine({ number, requester, state, details }: Use, names: Names): string {
  const { system, account, window } = details;
  return `Break-glass #${number} on ${named(system, names)} (${codeValue(account, 70)}) · ${names.mention(requester)} · ${standing(state, window?.expiresAt ?? null)}`;
}

/** Until when, or what it waits for. */
function standing(state: Use['state'], expiresAt: string | null): string {
  if (state === 'rotation_unproven') return '*rotation not proved*: the credential may still work';
  if (state === 'open') return `open until ${due(expiresAt)}`;
  return state === 'ending' ? 'ending: sessions are being closed and the credential changed' : 'being opened';
}

export const justificationLine = (
  { number, requester, state, details }: Justification,
  names: Names,
): string =>
  `Justification #${number} by ${names.mention(requester)} for ${named(details.system, names)} · ${deadline(state !== 'justification_due', details.deadline)}`;

export const reviewLine = ({ number, state, details }: Review, names: Names): string =>
  `Review #${number} of break-glass on ${named(details.system, names)}, owned by ${names.mention(details.owner)} · ${deadline(state === 'review_overdue', details.dueBy)}`;

const deadline = (isOverdue: boolean, at: string | null): string =>
  isOverdue ? `*overdue* since ${due(at)}` : `due ${due(at)}`;

const named = (system: string, names: Names): string => `*${inlineValue(names.system(system), 100)}*`;
