import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { message, section, validatePayload } from '../../src/blocks/index.js';
import { type Capability, capabilities, type Names, type Surface } from '../../src/capabilities/index.js';
import { eraseWords } from '../../src/capabilities/words.js';
import { connectorKinds } from '../../src/connectors/kinds.js';
import type { Json } from '../../src/core/canonical.js';
import { newEventId, newRequestId } from '../../src/core/ids.js';
import { PrincipalId, TenantId } from '../../src/core/tenant.js';
import { loadPolicy, type Policy, readPolicyFiles } from '../../src/policy/index.js';
import type { StoredRequest } from '../../src/store/index.js';

/** What every registered capability must pass. A new one needs nothing here but to be in the registry. */

const ROOT = resolve(import.meta.dirname, '../..');
const FILES = ['index.ts', 'machine.ts', 'schemas.ts', 'facts.ts', 'views.ts', 'slack.ts', 'jobs.ts'];

const names: Names = {
  person: (principal) => `Name of ${principal}`,
  mention: () => '<@U01ALICE>',
  system: (id) => id,
  scope: (_system, id) => id,
};

/** Texts that people and agents send, at the length the schemas allow. */
const HOSTILE: Readonly<Record<string, string>> = {
  mentions: '<!channel> <!here> <@U02BOB> <#C01REQUESTS> @everyone',
  links: '<https://evil.example|Approve> [click](https://evil.example) https://evil.example',
  markup: '*bold* _it_ ~no~ `code` ```block``` > quote &lt;!channel&gt; \n\n\n*Approved by Bob*',
  'right-to-left text and overrides': 'سبب العمل \u202eevorppA\u202c \u2066x\u2069 עברית',
  emoji: '👩‍👩‍👧‍👦🏳️‍🌈🚨'.repeat(100),
  'two thousand characters': '&<>"\u0301'.repeat(400),
  'two thousand lines': 'x\n'.repeat(1_000),
  nothing: '',
};

let policy: Policy;
const faults: unknown[] = [];

beforeAll(async () => {
  const files = readPolicyFiles(join(ROOT, 'policies'), connectorKinds);
  policy = await loadPolicy({ ...files, onFault: (fault) => faults.push(fault) });
});

it('no two capabilities share a name, a command, a button or a form', () => {
  const unique = (all: readonly string[]) => expect(new Set(all).size).toBe(all.length);
  unique(capabilities.map((each) => each.name));
  unique(capabilities.flatMap((each) => each.slack.commands.map((command) => command.name)));
  unique(capabilities.flatMap((each) => each.slack.actions.map((action) => action.actionId)));
  unique(capabilities.flatMap((each) => each.slack.submissions.map((submission) => submission.callbackId)));
  unique(capabilities.flatMap((each) => (each.slack.options ?? []).map((search) => search.actionId)));
  unique(capabilities.flatMap((each) => (each.slack.shortcuts ?? []).map((shortcut) => shortcut.callbackId)));
});

it('the manifest a workspace is set up from lists every command and shortcut, and no other', () => {
  const { features } = Manifest.parse(parse(readFileSync(join(ROOT, 'slack-manifest.yaml'), 'utf8')));
  const of = (all: readonly string[]) => [...all].sort();
  expect(of(features.slash_commands.map((one) => one.command))).toEqual(
    of(capabilities.flatMap((each) => each.slack.commands.map((command) => command.name))),
  );
  expect(of(features.shortcuts.map((one) => one.callback_id))).toEqual(
    of(capabilities.flatMap((each) => (each.slack.shortcuts ?? []).map((one) => one.callbackId))),
  );
});

const Manifest = z.object({
  features: z.object({
    slash_commands: z.array(z.object({ command: z.string() })),
    shortcuts: z.array(z.object({ callback_id: z.string() })),
  }),
});

describe.each(capabilities.map((capability) => [capability.name, capability] as const))(
  '%s',
  (name, capability) => {
    const { machine } = capability;
    const final = machine.states.filter((state) => machine.isFinal(state));

    it('has the anatomy of every capability, and its twin under policies/', () => {
      for (const file of FILES)
        expect(existsSync(join(ROOT, 'src/capabilities', name, file)), file).toBe(true);
      for (const file of ['decision.rego', 'decision_test.rego'])
        expect(existsSync(join(ROOT, 'policies', name, file)), file).toBe(true);
    });

    it('rule 1: its policy entrypoint is in the compiled bundle and answers even nonsense, with a refusal', () => {
      const decision = policy.decide(capability.entrypoint, {});
      expect(faults).toEqual([]);
      expect(['deny', 'block']).toContain(decision.effect);
    });

    it('its event types are its own and fit the ledger', () => {
      expect(capability.eventTypes.length).toBeGreaterThan(0);
      for (const type of capability.eventTypes) {
        expect(type).toMatch(/^[a-z][a-z-]*\.[a-z][a-z_-]*$/);
        expect(type.startsWith(`${name}.`)).toBe(true);
      }
    });

    it('what a stop ends is said by what can be stopped, and nothing that is over is stopped', () => {
      const stop = { reason: 'frozen', by: null } as const;
      const stopped = machine.states.filter((state) =>
        capability.stops?.(request(capability, state, capability.sample(state)), stop),
      );
      expect(stopped.length > 0).toBe(capability.stop !== null);
      expect(stopped.filter((state) => machine.isFinal(state))).toEqual([]);
    });

    it('every pair of state and event leads to a state of its own or nowhere', () => {
      for (const state of machine.states)
        for (const event of machine.events) {
          const next = machine.next(state, event);
          if (next !== null) expect(machine.states).toContain(next);
        }
      expect(machine.next('no such state', machine.events[0] ?? '')).toBeNull();
      expect(machine.next(machine.initial, 'no such event')).toBeNull();
    });

    it('every state is reached from the first, and a final one from every state', () => {
      const beginnings = [machine.initial, ...capability.childStates];
      expect(new Set(beginnings.flatMap((state) => reachable(capability, state)))).toEqual(
        new Set(machine.states),
      );
      for (const state of machine.states)
        expect(
          reachable(capability, state).some((end) => machine.isFinal(end)),
          state,
        ).toBe(true);
    });

    it('rule 2: what is not final does something when its time comes; what is final does nothing any more', () => {
      expect(final.length).toBeGreaterThan(0);
      expect(new Set(capability.dueStates)).toEqual(
        new Set(machine.states.filter((state) => !machine.isFinal(state))),
      );
    });

    describe.each(machine.states)('%s', (state) => {
      const shown = () => capability.surfaces(request(capability, state, capability.sample(state)), names);

      it("shows within Slack's limits", () => {
        for (const surface of shown()) expect(problems(surface)).toEqual([]);
      });

      it('has surfaces with names of their own, threads under a message that comes before, and handlers for its buttons', () => {
        const surfaces = shown();
        expect(new Set(surfaces.map((surface) => surface.name)).size).toBe(surfaces.length);
        for (const [at, surface] of surfaces.entries())
          if (surface.under !== undefined)
            expect(surfaces.slice(0, at).map((earlier) => earlier.name)).toContain(surface.under);
        const handled = capability.slack.actions.map((action) => action.actionId);
        for (const actionId of buttonsOf(surfaces)) expect(handled).toContain(actionId);
      });

      it('rule 9: shows no credential', () => {
        expect(JSON.stringify(shown())).not.toMatch(/postgres(ql)?:\/\/[^\s"]*:[^\s"]*@|password/i);
      });

      it("an erasure leaves none of anybody's words, and what it leaves is still shown", () => {
        const details = capability.sample(state);
        const asked = request(capability, state, details);
        const kept = withEachTextReplaced(details, FREE_TEXT)
          .map((said) => [said, placeOf(FREE_TEXT, said)] as const)
          .filter(([said]) => surfacesIfStorable(capability, state, said) !== null)
          .filter(([said]) => placeOf(FREE_TEXT, eraseWords(asked, said, asked.subject)) !== null)
          .flatMap(([, place]) => place ?? []);
        expect(kept.filter((place) => !NO_WORDS.includes(place))).toEqual([]);
        expect(
          surfacesIfStorable(capability, state, eraseWords(asked, details, asked.subject)),
        ).not.toBeNull();
      });

      it.each(Object.entries(HOSTILE))(
        'rule 15: shows %s as data, wherever its schema lets it be stored',
        (_kind, text) => {
          let tried = 0;
          for (const details of withEachTextReplaced(capability.sample(state), text)) {
            const own = surfacesIfStorable(capability, state, details);
            if (own === null) continue;
            const surfaces = [...own, gistOf(capability, state, details)];
            tried += 1;
            for (const surface of surfaces) {
              expect(problems(surface)).toEqual([]);
              expect(JSON.stringify(surface)).not.toMatch(
                /<!(?!date)|<https?:(?!\/\/github\.com\/hookpilot\/)|<@U02BOB>|<#C|\\u202e|\u202e/,
              );
            }
          }
          expect(tried).toBeGreaterThan(0);
        },
      );
    });

    const settled = final.filter((state) =>
      machine.events.every((event) => machine.next(state, event) === null),
    );
    it.each(settled)('a request that is %s, which nothing changes any more, has no button left', (state) => {
      expect(
        buttonsOf(capability.surfaces(request(capability, state, capability.sample(state)), names)),
      ).toEqual([]);
    });
  },
);

/** What no id, instant, digest or name of a system would be. */
const FREE_TEXT = 'She is ill; ask me.';

/**
 * Texts that no person wrote about a person: names, facts, policy's and sources' sentences. The incident record is the
 * organisation's.
 */
const NO_WORDS: readonly string[] = [
  ...['system', 'scope', 'privileges.*', 'terms.scopes.*.scope', 'terms.scopes.*.privileges.*'],
  ...['grant.account', 'failure', 'deciding.raised.*', 'window.seal', 'drift.*.line'],
  ...['items.*.capability', 'resting.*.capability', 'left.*.capability', 'waitsFor.*.what'],
  ...['incident', 'basis.id', 'basis.title', 'basis.url'],
  ...['record.description', 'record.impact', 'record.remediation', 'record.prevention'],
];

/** The path of the first text that is `text`, without the places in lists. */
function placeOf(text: string, value: Json): string | null {
  if (value === text) return '';
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, member] of Object.entries(value)) {
    const place = placeOf(text, member);
    if (place !== null) return [Array.isArray(value) ? '*' : key, place].filter(Boolean).join('.');
  }
  return null;
}

function reachable({ machine }: Capability, from: string): string[] {
  const found = [from];
  for (const state of found)
    for (const event of machine.events) {
      const next = machine.next(state, event);
      if (next !== null && !found.includes(next)) found.push(next);
    }
  return found;
}

const at = new Date('2026-01-05T10:00:00Z');

const request = ({ name }: Capability, state: string, details: Json): StoredRequest => ({
  tenant: TenantId.parse('T1'),
  id: newRequestId(),
  number: 7,
  capability: name,
  state,
  version: 3,
  parentId: null,
  requester: PrincipalId.parse('alice'),
  subject: PrincipalId.parse('alice'),
  details,
  dueAt: null,
  createdAt: at,
  updatedAt: at,
  votes: [
    {
      id: newEventId(),
      principal: PrincipalId.parse('bob'),
      verdict: 'approve',
      seal: 'a'.repeat(64),
      reason: null,
      proof: null,
      castAt: at,
    },
  ],
});

/** What a request is to who judges it, as one message. */
function gistOf(capability: Capability, state: string, details: Json): Pick<Surface, 'text' | 'blocks'> {
  const { what, status } = capability.gist(request(capability, state, details), names);
  return message(what, [section(what), section(status)]);
}

const problems = ({ text, blocks }: Pick<Surface, 'text' | 'blocks'>) =>
  validatePayload({ message: { text, blocks } });

const Elements = z.looseObject({
  elements: z.array(z.looseObject({ action_id: z.string().optional() })).optional(),
});

const buttonsOf = (surfaces: readonly Surface[]): string[] =>
  surfaces
    .flatMap((surface) => surface.blocks)
    .flatMap((block) => Elements.safeParse(block).data?.elements ?? [])
    .flatMap((element) => element.action_id ?? []);

/** Null where the capability's own schema would not have stored these details. */
function surfacesIfStorable(capability: Capability, state: string, details: Json): readonly Surface[] | null {
  try {
    return capability.surfaces(request(capability, state, details), names);
  } catch (error) {
    if (error instanceof z.ZodError) return null;
    throw error;
  }
}

/** Copies of `value`, one for each text in it, with that text replaced. */
function withEachTextReplaced(value: Json, text: string): Json[] {
  if (typeof value === 'string') return [text];
  if (Array.isArray(value))
    return value.flatMap((member: Json, place) =>
      withEachTextReplaced(member, text).map((other): Json => value.with(place, other)),
    );
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    withEachTextReplaced(member, text).map((other): Json => ({ ...value, [key]: other })),
  );
}
