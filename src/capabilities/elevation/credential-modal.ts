import type { ModalView } from '@slack/types';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { modal, plainText, section } from '../../blocks/index.js';
import type { PrincipalId, RequestId } from '../../core/tenant.js';
import { Credential, type Receipt } from '../../packet/index.js';
import type { SlackAnswer, VerbContext } from '../define.js';
import { reveal } from './reveal.js';

const WAIT_SECONDS = 20;

/**
 * Show Credential: a loading modal at once, then the credential in its place. The private half of the key lives in this
 * call alone; the ciphertext is useless to whoever else reads it (rule 9).
 */
export function showCredential(
  context: VerbContext,
  id: RequestId,
  ask: { by: PrincipalId; input: string },
): SlackAnswer {
  return {
    show: 'modal_later',
    loading: saying('Asking the executor for a fresh credential. This takes a moment.'),
    fill: async () => {
      const identity = await generateX25519Identity();
      const asked = await reveal(context, id, { ...ask, recipient: await identityToRecipient(identity) });
      if (!asked.ok) return saying(asked.message);
      const receipt = await context.awaitReceipt(asked.value.packetId, WAIT_SECONDS);
      return receipt === null ? saying(LATE) : credentialView(receipt, identity);
    },
  };
}

const LATE =
  'The executor has not answered yet. Nothing was shown. Press *Show Credential* again in a minute.';

async function credentialView(receipt: Receipt, identity: string): Promise<ModalView> {
  if (receipt.outcome !== 'revealed' || receipt.ciphertext === null)
    return saying(REFUSED[receipt.code] ?? 'The executor refused to show a credential.');
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const clear = await decrypter.decrypt(Buffer.from(receipt.ciphertext, 'base64'), 'text');
  const credential = Credential.parse(JSON.parse(clear));
  const plain = (label: string, value: string) => ({
    type: 'section' as const,
    text: plainText(`${label}: ${value}`, 2_900),
  });
  return modal({
    callbackId: 'elevation.credential',
    title: 'Your Credential',
    blocks: [
      section(
        'Only you see this, and only here. It works until the access ends; showing it again makes a new one and kills this one.',
      ),
      { type: 'section', text: plainText(credential.uri, 2_900) },
      plain('Host', credential.host),
      plain('Port', String(credential.port)),
      plain('Database', credential.database),
      plain('User', credential.user),
      plain('Password', credential.password),
    ],
  });
}

const REFUSED: Partial<Record<Receipt['code'], string>> = {
  grant_not_live: 'This access is over, so there is no credential to show.',
  already_past_end: 'This access is over, so there is no credential to show.',
  no_credential:
    'This access is for your own account there: sign in as you always do. There is nothing to show.',
  target_unreachable: 'The system cannot be reached right now. Try again in a minute.',
};

const saying = (text: string): ModalView =>
  modal({ callbackId: 'elevation.credential', title: 'Your Credential', blocks: [section(text)] });
