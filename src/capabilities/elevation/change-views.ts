import { fields, inlineValue } from '../../blocks/index.js';
import type { Names } from '../define.js';
import { listed, NAMED_AT_MOST } from '../wording.js';
import type { Elevation } from './schemas.js';

/** What goes into production with it, to the last digit, and who cannot decide on that. */
export function deployedFields({ details: { change } }: Elevation, names: Names) {
  if (change === null) return [];
  const commit = `<${change.url}|${change.repository}@${change.sha}>`;
  const count = `${change.commits} commit${change.commits === 1 ? '' : 's'}`;
  const since = change.since === null ? 'the first deployment' : `since \`${change.since.slice(0, 7)}\``;
  const authors = change.authors.map((author) => inlineValue(names.person(author), 75));
  return [
    fields([
      ['Deploys', `${commit} · ${count}, ${since}`],
      ['By', listed(authors, NAMED_AT_MOST)],
    ]),
  ];
}
