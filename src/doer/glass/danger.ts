/** What a line of a snapshot can be, the most dangerous first; what is none of these comes last. */
const KINDS = [
  ['ROLE WITH ATTRIBUTES', /(^|: )ROLE .* (SUPERUSER|CREATEROLE|CREATEDB|REPLICATION|BYPASSRLS)/],
  ['SECURITY DEFINER FUNCTION', /(^|: )SECURITY DEFINER FUNCTION /],
  ['EVENT TRIGGER', /(^|: )EVENT TRIGGER /],
  ['TRIGGER', /(^|: )TRIGGER /],
  ['RULE', /(^|: )RULE /],
  ['CAST', /(^|: )CAST /],
  ['OPERATOR', /(^|: )OPERATOR /],
  ['COLUMN DEFAULT', /(^|: )COLUMN DEFAULT /],
  ['MEMBER', /(^|: )MEMBER /],
  ['ROLE', /(^|: )ROLE /],
  ['POLICY', /(^|: )POLICY /],
  ['ROW SECURITY', /(^|: )TABLE .* ROW SECURITY/],
  ['GRANT', /(^|: )GRANT /],
  ['DEFAULT PRIVILEGES', /(^|: )DEFAULT PRIVILEGES /],
  ['SETTING', /(^|: )SETTING /],
  ['PREPARED TRANSACTION', /(^|: )PREPARED TRANSACTION /],
  ['FOREIGN SERVER', /(^|: )FOREIGN SERVER /],
  ['USER MAPPING', /(^|: )USER MAPPING /],
  ['SUBSCRIPTION', /(^|: )SUBSCRIPTION /],
  ['PUBLICATION', /(^|: )PUBLICATION /],
  ['REPLICATION SLOT', /(^|: )REPLICATION SLOT /],
  ['EXTENSION', /(^|: )EXTENSION /],
  ['DATABASE', /(^|: )DATABASE /],
  ['SCHEMA', /(^|: )SCHEMA /],
  ['FUNCTION', /(^|: )FUNCTION /],
  ['VIEW', /(^|: )VIEW /],
] as const;

const OTHER = 'OTHER OBJECT';

/**
 * How far from the top a line belongs, and what it is. Names at the target are chosen by whoever was in: one that imitates
 * another kind moves its line up, never down.
 */
export function dangerOf(line: string): { rank: number; kind: string } {
  const rank = KINDS.findIndex(([, words]) => words.test(line));
  return rank < 0 ? { rank: KINDS.length, kind: OTHER } : { rank, kind: KINDS[rank]?.[0] ?? OTHER };
}
