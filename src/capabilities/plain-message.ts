import type { Organisation } from '../policy/index.js';

/** Slack's mrkdwn as people read it, on one line: mentions are names, links are their words, entities characters. */
export const plainMessage = (organisation: Organisation, text: string): string =>
  text
    .replace(/<@([UW][A-Z0-9]+)(?:\|([^>]*))?>/gu, (_, id: string, label = id) => {
      const person = organisation.people.find(({ identities }) => identities.slack?.includes(id));
      return `@${person?.name ?? label}`;
    })
    .replace(/<([^|>]+)\|([^>]+)>/gu, '$2')
    .replace(/<([^>]+)>/gu, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/gu, ' ')
    .trim();
