import type { ModalView } from '@slack/types';
import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { modal, plainText, section } from '../blocks/index.js';
import type { PacketId } from '../core/tenant.js';
import { Credential, type Receipt } from '../packet/index.js';
import type { SlackAnswer, VerbContext } from './define.js';

const WAIT_SECONDS = 20;

type Asked = { ok: true; value: { packetId: PacketId } } | { ok: false; message: string };

export interface CredentialWords {
  callbackId: string;
  loading: string;
  /** Above the credential. */
  intro: string;
  /** What to say of an executor's refusal, by its code. */
  refused: Readonly<Partial<Record<Receipt['code'], string>>>;
}

/**
 * A loading modal at once, then the credential in its place. The private half of the key lives in this call alone; the
 * ciphertext is useless to whoever else reads it (rule 9).
 */
export function credentialModal(
  context: Pick<VerbContext, 'awaitReceipt'>,
  words: CredentialWords,
  ask: (recipient: string) => Promise<Asked>,
): SlackAnswer {
  const saying = (text: string): ModalView =>
    modal({ callbackId: words.callbackId, title: 'Your Credential', blocks: [section(text)] });
  return {
    show: 'modal_later',
    loading: saying(words.loading),
    fill: async () => {
      const identity = await generateX25519Identity();
      const asked = await ask(await identityToRecipient(identity));
      if (!asked.ok) return saying(asked.message);
      const receipt = await context.awaitReceipt(asked.value.packetId, WAIT_SECONDS);
      if (receipt === null) return saying(LATE);
      const credential = await decrypted(receipt, identity);
      if (credential === null) return saying(refusedWords(words, receipt.code));
      return modal({
        callbackId: words.callbackId,
        title: 'Your Credential',
        blocks: [section(words.intro), ...credentialBlocks(credential)],
      });
    },
  };
}

const LATE =
  'The executor has not answered yet. Nothing was shown. Press *Show Credential* again in a minute.';

const SUPERSEDED =
  'You asked to be shown it again meanwhile: only that newer credential works, and this one was never made. Close this.';

const AGAIN = 'Nothing was shown. Press *Show Credential* again';

const REFUSED: CredentialWords['refused'] = {
  showing_superseded: SUPERSEDED,
  packet_expired: `The executor had this too late. ${AGAIN}.`,
  target_unreachable: `The system cannot be reached right now. ${AGAIN} in a minute.`,
  target_refused: `The system did not take a new password. ${AGAIN}; if this stays, call its owner team.`,
};

const refusedWords = ({ refused }: CredentialWords, code: Receipt['code']): string =>
  refused[code] ??
  REFUSED[code] ??
  `The executor refused to show a credential (${code}). ${AGAIN}; if this stays, tell security.`;

async function decrypted(receipt: Receipt, identity: string): Promise<Credential | null> {
  if (receipt.outcome !== 'revealed' || receipt.ciphertext === null) return null;
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const clear = await decrypter.decrypt(Buffer.from(receipt.ciphertext, 'base64'), 'text');
  return Credential.parse(JSON.parse(clear));
}

function credentialBlocks(credential: Credential) {
  const plain = (label: string, value: string) => ({
    type: 'section' as const,
    text: plainText(`${label}: ${value}`, 2_900),
  });
  return [
    { type: 'section' as const, text: plainText(credential.uri, 2_900) },
    plain('Host', credential.host),
    plain('Port', String(credential.port)),
    plain('Database', credential.database),
    plain('User', credential.user),
    plain('Password', credential.password),
  ];
}
