import { inlineValue } from '../../blocks/index.js';
import { onButton, privately } from '../button.js';
import type { CommandCall, SlackAnswer, SlackCall, SlackHandlers, VerbContext } from '../define.js';
import { personNamed } from '../person-named.js';
import { freeze } from './freeze.js';
import { freezesInForce } from './in-force.js';
import { lift } from './lift.js';
import { list } from './list.js';
import { LIFTS_NEEDED } from './schemas.js';
import { ACTIONS } from './views.js';

const HELP = [
  '`/freeze @person why` takes all power from an account at once: requests, votes, access, tokens.',
  `\`/freeze lift @person\` agrees to give it back; ${LIFTS_NEEDED} of security have to.`,
  '`/freeze list` shows which accounts are frozen.',
  '`/recall @person since 3d` goes through everything an account did.',
].join('\n');

export const slack: SlackHandlers = {
  commands: [{ name: '/freeze', run: command }],
  actions: [onButton(ACTIONS.lift, async (context, id, call) => privately(await lift(context, id, call)))],
  submissions: [],
};

function command(context: VerbContext, call: CommandCall): Promise<SlackAnswer> {
  const [, word = '', rest = ''] = /^\s*(\S*)\s*([\s\S]*)$/u.exec(call.text) ?? [];
  switch (word.toLowerCase()) {
    case '':
    case 'help':
      return Promise.resolve(say(HELP));
    case 'recall':
      return Promise.resolve(say('A recall has a command of its own: `/recall @person since 3d`.'));
    case 'list':
      return showList(context, call);
    case 'lift':
      return liftOf(context, call, rest);
    default:
      return freezeNamed(context, call);
  }
}

async function freezeNamed(context: VerbContext, call: CommandCall): Promise<SlackAnswer> {
  const { person, rest } = personNamed(context.policy.organisation, call.text);
  const outcome = await freeze(context, { ...call, person: person?.id ?? null, reason: rest });
  if (!outcome.ok || person === null) return privately(outcome);
  const { number, stopped, left } = outcome.value;
  const owed = left === 0 ? '' : ` ${left} stay${left === 1 ? 's' : ''} open: what is owed stays owed.`;
  return say(
    `Frozen, #${number}: ${inlineValue(person.name, 80)} has no power any more. ${stopped} open request${stopped === 1 ? ' is' : 's are'} being ended.${owed}`,
  );
}

async function liftOf(context: VerbContext, call: SlackCall, text: string): Promise<SlackAnswer> {
  const { person } = personNamed(context.policy.organisation, text);
  if (person === null)
    return say('That names nobody, or more than one. Mention the person, as in `/freeze lift @person`.');
  const frozen = (await freezesInForce(context)).find((one) => one.subject === person.id);
  if (frozen === undefined)
    return say('No freeze of that account is in force. `/freeze list` shows those that are.');
  const outcome = await lift(context, frozen.id, { ...call, seal: frozen.details.seal });
  return outcome.ok ? say(`Counted: you agree to lift freeze #${frozen.number}.`) : privately(outcome);
}

async function showList(context: VerbContext, call: SlackCall): Promise<SlackAnswer> {
  const outcome = await list(context, call);
  if (!outcome.ok) return privately(outcome);
  return say(outcome.value.join('\n') || 'No account is frozen.');
}

const say = (text: string): SlackAnswer => ({ show: 'private', text });
