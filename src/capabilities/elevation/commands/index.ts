import type { SlackAnswer, SlackHandlers, VerbContext } from '../../define.js';
import { draftFrom } from '../draft.js';
import { openAsk } from '../submit-ask.js';
import { cancelOwn } from './cancel.js';
import { endOwn } from './end.js';
import { help } from './help.js';
import { mine } from './mine.js';
import type { Said } from './own-requests.js';
import { status } from './status.js';

const WORDS: Readonly<Record<string, (context: VerbContext, said: Said) => Promise<SlackAnswer>>> = {
  help,
  mine,
  end: endOwn,
  cancel: cancelOwn,
  status,
};

/** `/elevate`: a word of its own, or what is asked for. */
export const elevate: SlackHandlers['commands'][number] = {
  name: '/elevate',
  opensModal: (text) => {
    const { word, command, rest } = read(text);
    return command === undefined || (word === 'status' && rest !== 'list');
  },
  run: (context, { by, input, text }) => {
    const { command, rest } = read(text);
    return command === undefined
      ? openAsk(context, by, draftFrom(context, by, text))
      : command(context, { by, input, rest });
  },
};

function read(text: string) {
  const [first = '', ...others] = text.trim().split(/\s+/u);
  const word = first.toLowerCase();
  const command = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
  return { word, command, rest: others.join(' ') };
}
