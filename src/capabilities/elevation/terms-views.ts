import type { KnownBlock } from '@slack/types';
import { codeWhole, fields, inlineWhole, quotedWhole } from '../../blocks/index.js';
import type { Names } from '../define.js';
import type { Part } from '../sealed-terms.js';
import { when } from '../wording.js';
import { deployedFields } from './change-views.js';
import type { Elevation } from './schemas.js';

/** What is sealed beside who, what and how long, which a headline says: each value whole (rule 5). */
export const termFields = (request: Elevation, names: Names): KnownBlock[] => {
  const { login, ticket, startAt } = request.details;
  return [
    fields([
      ['Account', login === null ? 'made for this access' : codeWhole(login)],
      ['Begins', startAt === null ? 'once approved' : when(startAt)],
      ...(ticket === null ? [] : [['Ticket', inlineWhole(ticket)] as const]),
    ]),
    ...deployedFields(request, names),
  ];
};

export const reasonPart = ({ details }: Elevation): Part => ({
  title: 'Reason',
  lines: quotedWhole(details.reason),
});

export const privilegesPart = ({ details }: Elevation): Part => ({
  title: `Privileges (${details.privileges.length})`,
  lines: details.privileges.map(codeWhole),
});
