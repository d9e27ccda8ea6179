import type { PrincipalId } from '../../core/tenant.js';
import type { VerbContext } from '../define.js';
import { findSystem } from '../systems.js';
import type { Basis } from './schemas.js';

/**
 * What verified sources say for a use now: an active SEV-1 on a service of this system that somebody or something else
 * opened or acknowledged (the one they name, where it is among them), else an outage of the identity provider that our
 * own probe saw, else nothing but their word.
 */
export async function verifiedBasis(
  context: VerbContext,
  { system, user, named }: { system: string; user: PrincipalId; named: string },
): Promise<Basis> {
  const services = findSystem(context, system)?.breakGlass?.services ?? [];
  const email = context.policy.organisation.people.find((one) => one.id === user)?.identities.email;
  const incidents =
    services.length > 0 && email !== undefined
      ? await context.sources.incidents?.({ services, except: email })
      : null;
  const incident = incidents?.find((one) => one.id === named) ?? incidents?.[0];
  if (incident !== undefined) return { kind: 'incident', ...incident };
  const since = context.sources.identityProviderDownSince?.() ?? null;
  return since === null
    ? { kind: 'self_declared' }
    : { kind: 'identity_provider', since: since.toISOString() };
}
