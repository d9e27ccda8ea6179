import { afterAll, beforeAll, expect, it } from 'vitest';
import { newRequestId } from '../../src/core/ids.js';
import { TenantId } from '../../src/core/tenant.js';
import { oblige } from '../../src/policy/index.js';
import { commit, type RequestsOf, readRequestsOf } from '../../src/store/index.js';
import { type Gatekeeper, openGatekeeper, person, tenant } from './gatekeeper.js';

const elsewhere = TenantId.parse('T9ELSEWHERE');
const [alice, bob] = [person('alice'), person('bob')];
let gate: Gatekeeper;

beforeAll(async () => {
  gate = await openGatekeeper();
  await open('one', { state: 'pending' });
  await open('one', { state: 'active', subject: bob });
  await open('two', { state: 'pending' });
  await open('one', { state: 'ended', requester: bob });
  await open('one', { state: 'pending', in: elsewhere });
});
afterAll(() => gate.close());

async function open(
  capability: string,
  { state, requester = alice, subject = requester, in: where = tenant }: Opened,
): Promise<void> {
  const id = newRequestId();
  const opened = await commit(gate.context.store, {
    tenant: where,
    at: gate.clock.now(),
    decision: oblige({ rule: 'test.write', message: 'A test writes.', basis: null }),
    event: { type: 'test.happened', requestId: id, actor: requester },
    changes: [{ id, capability, requester, subject, from: null, to: { state, details: {}, dueAt: null } }],
  });
  expect(opened.ok).toBe(true);
}
type Opened = { state: string; requester?: typeof alice; subject?: typeof alice; in?: TenantId };

const read = async (which: Partial<RequestsOf>): Promise<string[]> => {
  const found = await readRequestsOf(gate.context.store, tenant, { capability: 'one', take: 10, ...which });
  return found.map((request) => `${request.number} ${request.state}`);
};

it('rule 18: the requests of one capability and one tenant are read newest first, narrowed as asked, page by page', async () => {
  expect(await read({})).toEqual(['4 ended', '2 active', '1 pending']);
  expect(await read({ requester: alice })).toEqual(['2 active', '1 pending']);
  expect(await read({ subject: bob })).toEqual(['4 ended', '2 active']);
  expect(await read({ states: ['pending', 'ended'] })).toEqual(['4 ended', '1 pending']);
  expect(await read({ states: [] })).toEqual([]);
  expect(await read({ take: 2 })).toEqual(['4 ended', '2 active']);
  expect(await read({ take: 2, before: 2 })).toEqual(['1 pending']);
});
