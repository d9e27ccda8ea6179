import { setTimeout as delay } from 'node:timers/promises';
import { refused } from '../../core/outcome.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { credentialModal } from '../credential-view.js';
import type { SlackAnswer, VerbContext } from '../define.js';
import { ALERT_SECONDS } from './new-loop.js';
import { show } from './show.js';
import { asUse, readGlass } from './stored.js';

/** The alert may take its whole time, and the executor a moment. */
const WAIT_SECONDS = ALERT_SECONDS + 20;
const LOOK_MILLISECONDS = 60;

/** Waits until the alert arrived and the account is checked out, then has a credential minted for this modal alone. */
export const showCredential = (
  context: VerbContext,
  id: RequestId,
  ask: { by: PrincipalId; input: string },
): SlackAnswer =>
  credentialModal(
    context,
    {
      callbackId: 'break-glass.credential',
      loading: 'Alerting Codex-HPS, then opening the account. This takes seconds.',
      intro:
        'Only you see this, and only here. It works until the use ends; showing it again makes a new one, kills this one and alerts again. *Write down why within 24 hours:* `/break-glass justify`.',
      refused: {
        grant_not_live:
          'This use is over, so there is no credential to show. Break the glass again if it burns.',
        limit_rate:
          'This use has shown 30 credentials, which is the most. End it with `/break-glass end`, then break the glass again.',
      },
    },
    async (recipient) => {
      const state = await untilOpened(context, id);
      if (state !== null) return refused('break-glass.not_open', state);
      return show(context, id, { ...ask, recipient });
    },
  );

/** Null once there is nothing left to wait for; else what to tell the person. */
async function untilOpened(context: VerbContext, id: RequestId): Promise<string | null> {
  const deadline = performance.now() + WAIT_SECONDS * 1_000;
  for (;;) {
    const use = asUse(await readGlass(context, id));
    const { end, failure } = use.details;
    if (use.state === 'failed' || end?.reason === 'never_opened')
      return `The account was not opened: ${failure ?? 'the executor did not answer in time.'}`;
    if (use.state !== 'alerting' && use.state !== 'opening') return null;
    if (performance.now() > deadline)
      return 'The account is not open yet. Countersign keeps trying: press *Show Credential* in your messages in a moment.';
    await delay(LOOK_MILLISECONDS);
  }
}
