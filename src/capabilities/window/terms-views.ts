import { codeWhole, fields, inlineWhole, quotedWhole } from '../../blocks/index.js';
import type { Names } from '../define.js';
import type { Part } from '../sealed-terms.js';
import { when } from '../wording.js';
import type { Details, WindowRequest } from './schemas.js';

/** What is sealed beside scopes and reason: each value whole (rule 5). */
export const termFields = ({ details: { terms, ticket } }: WindowRequest, names: Names) =>
  fields([
    ['Who', peopleOf(terms, names)],
    ['How often', oftenOf(terms)],
    ['From', when(terms.startsAt)],
    ['Until', when(terms.endsAt)],
    ...(ticket === null ? [] : [['Ticket', inlineWhole(ticket)] as const]),
  ]);

/** All of them: a window names twenty at the most. */
export const peopleOf = ({ people }: Details['terms'], names: Names): string =>
  people.map((person) => names.mention(person)).join(', ');

export const oftenOf = ({ uses, longestMinutes }: Details['terms']): string =>
  `${times(uses)}, up to ${longestMinutes} minutes each`;

export const times = (count: number): string => `${count} ${count === 1 ? 'use' : 'uses'}`;

export const reasonPart = ({ details }: WindowRequest): Part => ({
  title: 'Reason',
  lines: quotedWhole(details.reason),
});

/** Each scope with what it can do: the seal binds both. */
export const scopesPart = (system: string, scopes: Details['terms']['scopes'], names: Names): Part => ({
  title: `Scopes (${scopes.length}) and their privileges`,
  lines: scopes.flatMap(({ scope, privileges }) => [
    `${inlineWhole(names.scope(system, scope))}:`,
    ...privileges.map((privilege) => `• ${codeWhole(privilege)}`),
  ]),
});
