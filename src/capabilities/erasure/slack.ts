import { inlineValue } from '../../blocks/index.js';
import { privately } from '../button.js';
import type { CommandCall, SlackAnswer, SlackHandlers, VerbContext } from '../define.js';
import { personNamed } from '../person-named.js';
import { voteHandlers } from '../vote-controls.js';
import { approve } from './approve.js';
import { deny } from './deny.js';
import { requestErasure } from './request.js';
import { NAME } from './stored.js';

const HELP =
  '`/erase @person why` asks to destroy what a person wrote here, and the key that opens it in the ledger. Another of security countersigns; it waits while anything of theirs is open, and cannot be undone.';

export const slack: SlackHandlers = {
  commands: [{ name: '/erase', run: command }],
  ...voteHandlers(NAME, { approve, deny }),
};

async function command(context: VerbContext, call: CommandCall): Promise<SlackAnswer> {
  const text = call.text.trim();
  if (text === '' || text.toLowerCase() === 'help') return { show: 'private', text: HELP };
  const { person, rest } = personNamed(context.policy.organisation, text);
  const outcome = await requestErasure(context, { ...call, person: person?.id ?? null, reason: rest });
  if (!outcome.ok || person === null) return privately(outcome);
  return {
    show: 'private',
    text: `Asked, #${outcome.value.number}: ${inlineValue(person.name, 80)} is erased once another of security agrees and nothing of theirs is open.`,
  };
}
