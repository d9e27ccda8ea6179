import type { RotatePacket } from '../packet/index.js';
import { type Answer, answerOf, rejected } from './answer.js';
import type { DoerContext } from './context.js';
import { findGlass } from './glass/keep.js';
import { rotateOut } from './glass/rotate-out.js';
import { mintPassword } from './mint.js';

/**
 * Gives a standing login a password that nobody knows and ends its sessions: whatever was shown of it is worth nothing.
 * Only for logins that the target's administrator named in the limits file.
 */
export async function rotate(context: DoerContext, packet: RotatePacket): Promise<Answer> {
  // What was checked out is ended whatever the limits say by now, and whether or not they can be read.
  if (await findGlass(context, packet.requestId).catch(() => null)) return rotateOut(context, packet);
  const limits = context.limits().systems[packet.system];
  const target = context.systems.find(packet.system);
  if (!limits || !target) return rejected('limit_system');
  if (limits.breakGlass?.accounts.includes(packet.account)) return rotateOut(context, packet);
  if (!limits.rotatableAccounts.includes(packet.account)) return rejected('limit_account');
  await context.faults('doer.verified');
  return answerOf(() =>
    context.systems.withSession(
      packet.system,
      { place: null, uses: [packet] },
      async ({ readAccount, own }) => {
        await context.faults('doer.leased');
        if (own === null) return rejected('limit_account');
        if (!(await readAccount(packet.account, null)))
          return rejected('target_refused', { detail: 'no such account' });
        const { ended, left } = await own.changePassword(packet.account, mintPassword());
        await context.faults('doer.created');
        const evidence = { sessionsEnded: ended.length, sessions: left };
        if (left > 0)
          return { outcome: 'unproven', code: 'revoke_unproven', account: packet.account, evidence };
        return { outcome: 'rotated', code: 'done', account: packet.account, evidence };
      },
    ),
  );
}
