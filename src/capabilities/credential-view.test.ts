import { expect, it } from 'vitest';
import { newPacketId } from '../core/ids.js';
import { Receipt, ReceiptCode } from '../packet/index.js';
import { credentialModal } from './credential-view.js';

const packetId = newPacketId();

async function shownFor(code: ReceiptCode): Promise<string> {
  const receipt = Receipt.parse({
    v: 1,
    origin: 'packet',
    packetId,
    requestId: null,
    tenant: 'T01HOOKPILOT',
    system: 'orders-db',
    kind: 'reveal',
    outcome: 'rejected',
    code,
    at: '2026-11-21T10:00:00.000Z',
    expiresAt: null,
    account: null,
    evidence: {},
    drift: null,
    ciphertext: null,
  });
  const answer = credentialModal(
    { awaitReceipt: async () => receipt },
    {
      callbackId: 'a.credential',
      loading: 'A moment.',
      intro: 'Yours.',
      refused: { grant_not_live: 'Over. Ask for another.' },
    },
    async () => ({ ok: true, value: { packetId } }),
  );
  return answer.show === 'modal_later' ? JSON.stringify(await answer.fill()) : '';
}

it.each(ReceiptCode.options)(
  'a showing that the executor refuses as %s says what to do next',
  async (code) => {
    expect(await shownFor(code)).toMatch(/Press \*Show Credential\* again|Close this|Ask for another/u);
  },
);
