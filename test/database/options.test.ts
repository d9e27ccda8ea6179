import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slack as breakGlass } from '../../src/capabilities/break-glass/slack.js';
import { slack as elevation } from '../../src/capabilities/elevation/slack.js';
import type { SlackHandlers } from '../../src/capabilities/index.js';
import type { Organisation } from '../../src/policy/index.js';
import { type Glass, openGlass } from './break-glass-use.js';
import { person } from './gatekeeper.js';

const SYSTEMS = 300;
/** Of the first system: TEAM #443 broke at as many. */
const SCOPES = 277;
const alice = person('alice');

const numbers = (length: number): string[] =>
  Array.from({ length }, (_, number) => String(number + 1).padStart(3, '0'));

/** The example organisation with a few hundred databases like its own, of which the first has a few hundred scopes. */
function grown(organisation: Organisation): Organisation {
  const [model] = organisation.systems.filter(({ breakGlass: accounts }) => accounts !== undefined);
  const [scope] = model?.scopes ?? [];
  if (model === undefined || scope === undefined) throw new Error('the example has no break-glass');
  return {
    ...organisation,
    systems: numbers(SYSTEMS).map((number, index) => ({
      ...model,
      id: `store-${number}`,
      title: `Warehouse ${number} replica`,
      scopes: (index === 0 ? numbers(SCOPES) : ['one']).map((shelf) => ({
        ...scope,
        id: `read-${shelf}`,
        title: `Read shelf${shelf} only`,
      })),
    })),
  };
}

let glass: Glass;
beforeAll(async () => {
  glass = await openGlass(grown);
});
afterAll(() => glass.close());

/** What Slack would offer alice who typed this. */
async function found({ options }: SlackHandlers, actionId: string, query: string) {
  const handler = options?.find((one) => one.actionId === actionId);
  return (await handler?.run(glass.context, { by: alice, query })) ?? [];
}

async function opened({ commands }: SlackHandlers, text: string): Promise<string> {
  const answer = await commands[0]?.run(glass.context, { by: alice, input: randomUUID(), text });
  if (answer?.show !== 'modal') throw new Error('no form opened');
  return JSON.stringify(answer.view.blocks);
}

describe('fivexl cut 99 options silently: of 300 systems and 277 scopes', () => {
  it('/elevate finds each by its name, by its title and by a middle word', async () => {
    expect(await found(elevation, 'elevation.target', '')).toHaveLength(100);
    const first = async (query: string) => (await found(elevation, 'elevation.target', query))[0]?.value;
    for (const number of numbers(SYSTEMS).slice(1))
      for (const query of [`store-${number}`, `warehouse ${number}`, `${number} replica`])
        expect(await first(query)).toBe(`store-${number}/read-one`);
    for (const number of numbers(SCOPES))
      expect(await first(`shelf${number}`)).toBe(`store-001/read-${number}`);
  });

  it('/break-glass finds each by its name, by its title and by a middle word', async () => {
    expect(await found(breakGlass, 'break-glass.system', '')).toHaveLength(100);
    for (const number of numbers(SYSTEMS))
      for (const query of [`store-${number}`, `warehouse ${number}`, `${number} replica`, number])
        expect(await found(breakGlass, 'break-glass.system', query)).toEqual([
          { text: `Warehouse ${number} replica (store-${number})`, value: `store-${number}` },
        ]);
  });

  it('both forms are filled with what was typed beyond the hundredth, and say that the rest is searched', async () => {
    const asked = await opened(elevation, 'store-299 read-one 15m INC-1 replica lags');
    expect(asked).toContain('"initial_option":{"text":{"type":"plain_text","text":"Warehouse 299 replica');
    expect(asked).toContain('INC-1 replica lags');
    expect(asked).toContain(`Type to search all ${SYSTEMS - 1 + SCOPES}`);
    const burning = await opened(breakGlass, 'store-299 PINC7 The replica burns.');
    expect(burning).toContain('"external_select"');
    expect(burning).toContain('"value":"store-299"');
    expect(burning).toContain('The replica burns.');
    expect(burning).toContain(`Type to search all ${SYSTEMS}`);
  });

  it('/break-glass offers every use to take over, beyond the hundredth too, under names', async () => {
    const taken = numbers(SYSTEMS).slice(-101);
    for (const number of taken)
      await glass.begins(alice, { system: `store-${number}`, confirmation: `store-${number}` });
    expect(await found(breakGlass, 'break-glass.take_over', '')).toHaveLength(100);
    for (const number of taken) {
      const [first, ...others] = await found(breakGlass, 'break-glass.take_over', `store-${number}`);
      expect(others).toEqual([]);
      expect(first?.text).toContain('Alice');
    }
    expect(await opened(breakGlass, 'store-299 PINC7 Still burning.')).toContain('"break-glass.take_over"');
  }, 60_000);
});
