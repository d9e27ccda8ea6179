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
  run: (context, { by, input, text }) => {
    const [word = '', ...rest] = text.trim().split(/\s+/u);
    const command = Object.hasOwn(WORDS, word.toLowerCase()) ? WORDS[word.toLowerCase()] : undefined;
    return command === undefined
      ? openAsk(context, by, draftFrom(context, by, text))
      : command(context, { by, input, rest: rest.join(' ') });
  },
};
