import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type JiraOptions, openJira } from '../../src/connectors/jira/read.js';
import { type JiraStandIn, startJira } from '../harness/jira.js';

let jira: JiraStandIn;
const faults: unknown[] = [];

beforeAll(async () => {
  jira = await startJira();
});
afterAll(() => jira.close());
beforeEach(() => {
  jira.issues = new Map([
    ['INC-1', 'new'],
    ['INC-2', 'indeterminate'],
    ['INC-3', 'done'],
  ]);
  jira.fault = null;
  faults.length = 0;
});

const status = (ticket: string, over: Partial<JiraOptions> = {}) =>
  openJira({
    url: jira.url,
    user: undefined,
    token: jira.token,
    onFault: (fault) => faults.push(fault),
    timeoutMilliseconds: 20_000,
    ...over,
  }).status(ticket);

it('a ticket with work left is open, one that is done is closed, however its key is typed', async () => {
  expect(await Promise.all(['INC-1', ' inc-2 ', 'INC-3'].map((key) => status(key)))).toEqual([
    'open',
    'open',
    'closed',
  ]);
});

it('what is no key is not looked up, and no path can be made of it', async () => {
  for (const text of ['INC-404', 'please', '../../secret', 'INC-1/../INC-2', 'INC-1?x=1', '', 'INC-1\nINC-2'])
    expect(await status(text), text).toBe('unknown');
  expect(faults).toEqual([]);
});

it('rule 15: a refusal, an error, silence and nonsense are no open ticket, and the token is in no fault', async () => {
  expect(await status('INC-1', { token: 'wrong' })).toBe('unknown');
  jira.fault = 503;
  expect(await status('INC-1')).toBe('unknown');
  jira.fault = 200;
  expect(await status('INC-1')).toBe('unknown');
  jira.fault = 'hang';
  expect(await status('INC-1', { timeoutMilliseconds: 500 })).toBe('unknown');
  expect(await status('INC-1', { url: 'http://127.0.0.1:9' })).toBe('unknown');
  expect(faults).toHaveLength(5);
  expect(JSON.stringify(faults.map(String))).not.toContain(jira.token);
});
