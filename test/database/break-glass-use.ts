import { randomUUID } from 'node:crypto';
import { breakGlass } from '../../src/capabilities/break-glass/index.js';
import { justify } from '../../src/capabilities/break-glass/justify.js';
import { recordSeal, sealOf } from '../../src/capabilities/break-glass/record.js';
import { editReview, signOff } from '../../src/capabilities/break-glass/review.js';
import type { IncidentRecord, UseInput } from '../../src/capabilities/break-glass/schemas.js';
import { show } from '../../src/capabilities/break-glass/show.js';
import { asJustification, asReview, asUse, readGlass } from '../../src/capabilities/break-glass/stored.js';
import { use } from '../../src/capabilities/break-glass/use.js';
import type { VerbContext } from '../../src/capabilities/index.js';
import type { PrincipalId, RequestId } from '../../src/core/tenant.js';
import type { Receipt } from '../../src/packet/index.js';
import { claimEffects, finishEffect } from '../../src/store/index.js';
import { withClient } from '../harness/postgres-admin.js';
import { receives as answers, type Gatekeeper, openGatekeeper, person, tenant } from './gatekeeper.js';

export const HOUR = 3_600_000;
export const RECIPIENT = `age1${'q'.repeat(58)}`;
const RECORD: IncidentRecord = {
  severity: 'critical',
  detectedAt: '2026-11-21T09:40:00.000Z',
  description: 'Orders were stuck for forty minutes.',
  impact: 'No captions were delivered.',
  remediation: 'One blocking session was ended.',
  prevention: 'Idle transactions get a timeout.',
};
/** An active SEV-1 that the pager vouches for. */
const BURNING = {
  incidents: async () => [{ id: 'PINC7', title: 'Orders stuck', url: 'https://pagerduty.example/PINC7' }],
};

export const asking = (by: PrincipalId) => ({ by, input: randomUUID() });

/** The rule or code under which something was refused; undefined where it was not. */
export const codeOf = (outcome: { ok: boolean; code?: string }): string | undefined => outcome.code;

export type Glass = Awaited<ReturnType<typeof openGlass>>;

/** Uses of break-glass over a database of their own, with what the alert and the executor answer told by the test. */
export async function openGlass(change?: Parameters<typeof openGatekeeper>[2]) {
  const gate: Gatekeeper = await openGatekeeper({}, BURNING, change);
  const { context, clock } = gate;

  const read = (id: RequestId) => readGlass(context, id);
  const readUse = async (id: RequestId) => asUse(await read(id));

  const breaks = (
    by: PrincipalId,
    { takeOver = null, within = context, ...said }: { within?: VerbContext } & Partial<UseInput> = {},
  ) =>
    use(within, {
      ...asking(by),
      asked: {
        system: 'orders-db',
        incident: 'PINC7',
        severity: 'sev-1',
        what: 'Orders are stuck and the queue is full.',
        confirmation: 'orders-db',
        takeOver,
        ...said,
      },
    });

  async function begins(by: PrincipalId, how?: Parameters<typeof breaks>[1]): Promise<RequestId> {
    const begun = await breaks(by, how);
    if (!begun.ok) throw new Error(begun.message);
    return begun.value.id;
  }

  const receives = (id: RequestId, answer: Pick<Receipt, 'kind' | 'outcome'> & Partial<Receipt>) =>
    answers(gate, id, {
      system: 'orders-db',
      code: answer.outcome === 'unproven' ? 'rotation_unproven' : 'done',
      ...answer,
    });

  const due = async (id: RequestId, within: VerbContext = context) =>
    breakGlass.onDue(within, await read(id));
  const alertArrives = async (id: RequestId) => breakGlass.told?.(context, await read(id), 'webhook');

  /** Alerted, checked out and shown once, by an executor whose clock is `skewMs` ahead of ours. */
  async function opens(by: PrincipalId, within: VerbContext = context, skewMs = 0): Promise<RequestId> {
    const id = await begins(by, { within });
    await alertArrives(id);
    await due(id, within);
    const expiresAt = new Date(clock.now().getTime() + HOUR).toISOString();
    await receives(id, { kind: 'check_out', outcome: 'checked_out', expiresAt });
    const shown = await show(within, id, { ...asking(by), recipient: RECIPIENT });
    if (!shown.ok) throw new Error(shown.message);
    const at = new Date(clock.now().getTime() + skewMs).toISOString();
    await receives(id, { kind: 'reveal', outcome: 'revealed', packetId: shown.value.packetId, at });
    return id;
  }

  return {
    context,
    clock,
    database: gate.database,
    restart: gate.restart,
    breaks,
    begins,
    opens,
    due,
    alertArrives,
    receives,
    readUse,
    readJustification: async (id: RequestId) =>
      asJustification(await read((await readUse(id)).details.justification)),
    readReview: async (id: RequestId) => asReview(await read((await readUse(id)).details.review)),
    /** The executor proved the end, and says what stayed behind. */
    proves: (id: RequestId, added: string[] = []) =>
      receives(id, {
        kind: 'rotate',
        outcome: 'rotated',
        evidence: { refused: 1 },
        drift: added.map((line) => ({ change: 'added' as const, line })),
      }),
    /** In their own words; `receivedAt`: when our server had them. */
    justifies: async (id: RequestId, by: PrincipalId, text: string, receivedAt = clock.now()) => {
      const { justification } = (await readUse(id)).details;
      return justify(context, justification, { ...asking(by), text, receivedAt });
    },
    /** The worker sends a look at what is called undone, and the executor answers it. */
    looks: async (id: RequestId, answer: Partial<Receipt>) => {
      const { review } = (await readUse(id)).details;
      await due(review);
      const { look } = asReview(await read(review)).details;
      if (look === null) throw new Error('no look is under way');
      await receives(review, { kind: 'observe', outcome: 'observed', packetId: look.packetId, ...answer });
    },
    fills: async (id: RequestId, by = person('dan')) => {
      const { review } = (await readUse(id)).details;
      const over = recordSeal(asReview(await read(review)).details.record);
      return editReview(context, review, { ...asking(by), record: RECORD, over });
    },
    /** Signs the review off as it stands, or on the seal of what was read. */
    signs: async (id: RequestId, by: PrincipalId, seal?: string) => {
      const { details } = asReview(await read(id));
      return signOff(context, id, { ...asking(by), seal: seal ?? sealOf(details) });
    },
    /** How many entries to be sequenced hold these words. */
    inLedger: (text: string): Promise<number> =>
      withClient(gate.database.urls.admin, async (admin) => {
        const { rowCount } = await admin.query(
          "SELECT FROM ledger.ledger_inbox WHERE strpos(convert_from(payload, 'utf8'), $1) > 0",
          [text],
        );
        return rowCount ?? 0;
      }),
    /** Which effects of a kind wait; each is taken once. */
    async effects(kind: 'alert' | 'resolve' | 'stop' | 'freeze') {
      const claimed = await claimEffects(context.store, {
        tenant,
        kinds: [kind],
        now: clock.now(),
        take: 100,
        seconds: 60,
      });
      for (const { id } of claimed) await finishEffect(context.store, id);
      return claimed.flatMap(({ effect }) => effect ?? []);
    },
    close: gate.close,
  };
}
