import type { SlackAnswer } from '../../define.js';

const HELP = [
  '`/elevate` opens the form. Or say it at once: `/elevate <system> <scope> <duration> <reason>`, for example `/elevate orders-db read-orders 30m INC-1: orders are stuck`.',
  '`/elevate for @somebody …` asks on their behalf.',
  '`/elevate mine` lists what you wait for and hold.',
  '`/elevate end #12` ends your access; without a number where you have only one.',
  '`/elevate cancel #12` takes a request back before it begins.',
  '`/elevate status #12` tells the story of a request; `/elevate status list` lists all of yours.',
  'In a thread, use the message shortcut *Ask for Access*: Slack has no commands there.',
].join('\n');

export const help = async (): Promise<SlackAnswer> => ({ show: 'private', text: HELP });
