import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { credentialModal } from '../credential-view.js';
import type { SlackAnswer, VerbContext } from '../define.js';
import { reveal } from './reveal.js';

const OVER = 'This access is over, so there is no credential to show.';

/** Show Credential: minted at this moment, for this person's modal alone. */
export const showCredential = (
  context: VerbContext,
  id: RequestId,
  ask: { by: PrincipalId; input: string },
): SlackAnswer =>
  credentialModal(
    context,
    {
      callbackId: 'elevation.credential',
      loading: 'Asking the executor for a fresh credential. This takes a moment.',
      intro:
        'Only you see this, and only here. It works until the access ends; showing it again makes a new one and kills this one.',
      refused: {
        grant_not_live: OVER,
        no_credential:
          'This access is for your own account there: sign in as you always do. There is nothing to show.',
        already_past_end: OVER,
      },
    },
    (recipient) => reveal(context, id, { ...ask, recipient }),
  );
