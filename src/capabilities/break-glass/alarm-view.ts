import { inlineValue, message, section } from '../../blocks/index.js';
import type { Names, Surface } from '../define.js';
import { toPerson } from '../lines.js';
import { when } from '../wording.js';
import type { Use } from './schemas.js';

/** The alarm from which on those who are alerted hear it in person, and the one from which on the system's approvers do. */
const IN_PERSON = 2;
const WIDER = 3;

/** The newest alarm about a rotation that is not proved; those before it stay where they stand. */
export function alarm(request: Use, names: Names): Surface[] {
  const { end, system, account, alerted, alsoAlerted } = request.details;
  if (end === null || end.alarms === 0) return [];
  const { alarms, provedAt } = end;
  const what = `the credential of \`${account}\` on *${inlineValue(names.system(system), 100)}* (use #${request.number})`;
  const text =
    provedAt === null
      ? `:rotating_light: *Alarm ${alarms}*: nothing proves yet that ${what} is dead. Lock the account at the target by hand; Countersign keeps trying.`
      : `Alarm ${alarms} is over: ${what} was proved dead ${when(provedAt)}.`;
  const people = new Set([...(alarms >= IN_PERSON ? alerted : []), ...(alarms >= WIDER ? alsoAlerted : [])]);
  const posted = (channel: 'codex-hps' | 'requests'): Surface => ({
    name: `alarm:${alarms}:${channel}`,
    at: { channel },
    ...message(text, [section(text)]),
  });
  return [
    posted('codex-hps'),
    ...(alarms >= WIDER ? [posted('requests')] : []),
    ...[...people].map((person) => toPerson(`alarm:${alarms}:${person}`, person, text)),
  ];
}
