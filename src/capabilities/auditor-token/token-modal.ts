import type { ModalView } from '@slack/types';
import { modal, plainText, section } from '../../blocks/index.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import type { SlackAnswer, VerbContext } from '../define.js';
import { when } from '../wording.js';
import { showToken } from './show-token.js';

/** Show Token: an empty modal first, so that no token is made where none could be shown. */
export function tokenModal(
  context: VerbContext,
  id: RequestId,
  ask: { by: PrincipalId; input: string },
): SlackAnswer {
  return {
    show: 'modal_later',
    loading: view('Making your token. This takes a moment.'),
    fill: async () => {
      const shown = await showToken(context, id, ask);
      if (!shown.ok) return view(shown.message);
      const { token, expiresAt } = shown.value;
      return view(
        `Only you see this, only here and only once: keep it now. It works until ${when(expiresAt)}.`,
        token,
      );
    },
  };
}

const view = (text: string, token?: string): ModalView =>
  modal({
    callbackId: 'auditor-token.token',
    title: 'Your Auditor Token',
    blocks: [
      section(text),
      ...(token === undefined ? [] : [{ type: 'section' as const, text: plainText(token, 100) }]),
    ],
  });
