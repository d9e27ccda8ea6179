import type { PrincipalId } from '../../core/tenant.js';
import { parseDuration } from '../../intake/index.js';
import type { VerbContext } from '../define.js';
import type { Draft } from './ask-modal.js';
import { requestableScopes } from './offer.js';

const DEFAULT_MINUTES = 60;

/**
 * `/elevate <system> <scope> <duration> <reason>` → what the form is filled with. Words are taken in that order while
 * they are understood; the rest is the reason, and what was expected instead is said.
 */
export function draftFrom(context: Pick<VerbContext, 'policy'>, by: PrincipalId, text: string): Draft {
  const offered = requestableScopes(context, by);
  const words = text.trim().split(/\s+/u).filter(Boolean);
  const [system, scope] = [words[0]?.toLowerCase(), words[1]?.toLowerCase()];
  const inSystem = offered.filter((candidate) => candidate.system === system);
  const target = inSystem.find((candidate) => candidate.scope === scope) ?? null;
  const taken = target !== null ? 2 : inSystem.length > 0 ? 1 : 0;
  const minutes = parseDuration(words[taken] ?? '');
  const rest = words.slice(minutes === null ? taken : taken + 1);
  return {
    target: target?.target ?? (inSystem.length === 1 ? (inSystem[0]?.target ?? null) : null),
    durationMinutes: minutes ?? target?.defaultMinutes ?? inSystem[0]?.defaultMinutes ?? DEFAULT_MINUTES,
    reason: rest.join(' '),
    unclear:
      words.length === 0
        ? null
        : unclear({ known: inSystem.length > 0, exact: target !== null, timed: minutes !== null }),
  };
}

function unclear(typed: { known: boolean; exact: boolean; timed: boolean }): string | null {
  if (typed.exact && typed.timed) return null;
  if (typed.exact)
    return 'The third word was no duration like 15m or 2h, so the default is filled in; your words are kept as the reason.';
  if (!typed.known)
    return 'The first word named no system you may ask for. Choose one below; your words are kept as the reason.';
  return 'The second word named no scope of that system. Choose one below; your words are kept as the reason.';
}
