import type { ObservePacket } from '../packet/index.js';
import { type Answer, answerOf, rejected } from './answer.js';
import type { DoerContext } from './context.js';
import { lookAgain } from './glass/look-again.js';
import { accountOf } from './grant-record.js';
import { admitsOwnAccounts } from './targets.js';

/** Answers what only the target can tell; writes nothing. */
export async function observe(context: DoerContext, packet: ObservePacket): Promise<Answer> {
  const target = context.systems.find(packet.system);
  if (!target) return rejected('limit_system');
  const { question } = packet;
  if (question.ask === 'difference_lines') return answerOf(() => lookAgain(context, packet, question));
  const place = question.ask === 'scope_privileges' ? target.scopes[question.scope] : undefined;
  if (question.ask === 'scope_privileges' && !place) return rejected('limit_scope');
  return answerOf(() =>
    context.systems.withSession(packet.system, { place: place ?? null, uses: [packet] }, async (session) => {
      if (place) {
        const { privileges, unclean, publicExcess } = await session.inspectScope(place);
        return {
          outcome: 'observed',
          code: 'done',
          evidence: { privileges, unclean, publicExcess: publicExcess.slice(0, 200) },
        };
      }
      const record = admitsOwnAccounts(target) ? await context.database.findGrant(packet.requestId) : null;
      const name = record?.account ?? accountOf(packet.requestId);
      const scope = record?.scope ? (target.scopes[record.scope] ?? null) : null;
      const account = await session.readAccount(name, scope);
      const evidence = account
        ? {
            exists: true,
            canLogin: account.canLogin,
            validUntil: account.validUntil?.toISOString() ?? null,
            sessions: account.sessions,
          }
        : { exists: false };
      return { outcome: 'observed', code: 'done', account: name, evidence };
    }),
  );
}
