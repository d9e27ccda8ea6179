import { randomBytes } from 'node:crypto';
import { addDays } from 'date-fns/addDays';
import { sha256Hex } from '../../core/canonical.js';
import { ok } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { isEffect } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { refuseAct } from '../refusals.js';
import { buildFacts } from './facts.js';
import { alreadyResolved } from './settled.js';
import { ENTRYPOINT, onCurrent, transition } from './stored.js';

/**
 * The second decision, with fresh facts, and the only making of the token (rules 4 and 9). It leaves this call once, to the
 * person who asked; what is stored is its SHA-256. Its days count from now.
 */
export function showToken(context: VerbContext, id: RequestId, ask: { by: PrincipalId; input: string }) {
  return onCurrent(context, id, async (request) => {
    const now = context.clock.now();
    if (request.state !== 'approved') return alreadyResolved(request);
    const facts = await buildFacts(context, { action: 'show', now, actor: ask.by, request });
    const decision = context.policy.decide(ENTRYPOINT, facts);
    if (!isEffect(decision, 'allow'))
      return refuseAct(context, request, { ...ask, what: 'show', now, decision });
    const token = mintToken();
    const digest = sha256Hex(token);
    const expiresAt = addDays(now, request.details.days);
    const written = await transition(context, request, {
      on: 'show',
      details: {
        ...request.details,
        token: { digest, shownAt: now.toISOString(), expiresAt: expiresAt.toISOString() },
      },
      dueAt: expiresAt,
      at: now,
      decision,
      input: ask.input,
      event: {
        type: 'auditor-token.shown',
        actor: ask.by,
        data: { digest, seal: request.details.seal, expiresAt: expiresAt.toISOString() },
      },
      // Reads are ledgered under this label, so it names the request and no person (rule 16).
      auditorTokens: [{ digest, label: `request #${request.number}`, expiresAt }],
    });
    return written.ok ? ok({ token, expiresAt: expiresAt.toISOString() }) : written;
  });
}

/** 24 random bytes: 192 bits, 32 url-safe characters. */
const mintToken = (): string => `csa_${randomBytes(24).toString('base64url')}`;
