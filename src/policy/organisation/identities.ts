import type { Fault } from './faults.js';
import type { Person } from './person.js';
import { doubles, fault, type Placed } from './placed.js';
import { sharedName } from './shared-names.js';

/** One person, one principal, one account of their own at each service (seed 000 §3). */
export const checkIdentities = (people: Placed<Person>[]): Fault[] => [
  ...doubleIdentities(people),
  ...doubleNames(people),
  ...people.flatMap(sharedAccount),
];

/** Two people behind one identity, or two principals of one mailbox. */
function doubleIdentities(people: Placed<Person>[]): Fault[] {
  return doubles(people.flatMap((at) => identitiesOf(at.value).map((one) => ({ ...one, at })))).map(
    ({ shown, at, path, first }) =>
      fault(
        at,
        'duplicate_identity',
        path,
        `${shown} is the identity of ${first.at.value.id} too; accounts are not shared`,
      ),
  );
}

/**
 * Every account of a principal; `key` is alike for what the service behind it takes for one account. An Okta login is held
 * against mailboxes too, since who signs in with somebody's address is that person.
 */
function identitiesOf({ identities }: Person): { key: string; shown: string; path: PropertyKey[] }[] {
  const { slack = [], email, okta, github } = identities;
  const one = (service: string, shown: string, ...path: PropertyKey[]) => ({
    key: `${service} ${shown.toLowerCase()}`,
    shown,
    path: ['identities', ...path],
  });
  const signsInBy = (address: string, member: string) => ({
    ...one('address', mailbox(address), member),
    shown: address,
  });
  const isOwnAddress = okta !== undefined && mailbox(okta) === mailbox(email);
  return [
    signsInBy(email, 'email'),
    ...slack.map((id, index) => one('slack', id, 'slack', index)),
    ...(okta === undefined || isOwnAddress ? [] : [signsInBy(okta, 'okta')]),
    ...(github === undefined ? [] : [one('github', github, 'github')]),
  ];
}

/** Two principals of one name are one person, who could approve what they asked, until the second is said to be another. */
function doubleNames(people: Placed<Person>[]): Fault[] {
  const named = people.map((at) => ({
    key: at.value.name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' '),
    at,
  }));
  return doubles(named)
    .filter(({ at, first }) => ![at.value.id, at.value.namesakeOf].includes(first.at.value.id))
    .map(({ at, first }) => {
      const { id } = first.at.value;
      return fault(
        at,
        'duplicate_identity',
        ['name'],
        `${at.value.name} is the name of ${id} too; write namesakeOf: ${id} if they are two people`,
      );
    });
}

function sharedAccount(person: Placed<Person>): Fault[] {
  const { id, identities } = person.value;
  const accounts = (['email', 'okta', 'github'] as const).map((service) => ({
    name: localPart(identities[service] ?? ''),
    shown: identities[service] ?? '',
    path: ['identities', service],
  }));
  return [{ name: id, shown: id, path: [] }, ...accounts]
    .filter(({ name }) => sharedName(name))
    .map(({ shown, path }) =>
      fault(person, 'shared_account', path, `${shown} names a shared account; give each person their own`),
    );
}

const localPart = (address: string): string => address.replace(/@[^@]*$/, '').replace(/\+.*$/, '');
/** Subaddresses (RFC 5233) reach the same person. */
const mailbox = (email: string): string =>
  `${localPart(email)}${/@[^@]*$/.exec(email)?.[0] ?? ''}`.toLowerCase();
