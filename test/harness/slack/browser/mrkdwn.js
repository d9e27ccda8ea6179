import { make } from './elements.js';
import { withDates, withoutEntities } from './readable.js';
import { person } from './state.js';

const TOKEN =
  /```([\s\S]+?)```|`([^`\n]+)`|<@([UW][A-Z0-9]+)(?:\|[^>]*)?>|<(https?:[^|>]+)(?:\|([^>]+))?>|(?<!\w)\*([^*\n]+)\*(?!\w)|(?<!\w)_([^_\n]+)_(?!\w)|(?<!\w)~([^~\n]+)~(?!\w)/gu;

/** A text object as DOM nodes: never as HTML, whatever it says. */
export function renderText(object) {
  const box = make('span', { className: object.type === 'mrkdwn' ? 'mrkdwn' : 'plain' });
  if (object.type !== 'mrkdwn') {
    box.append(object.text);
    return box;
  }
  for (const [index, line] of lines(withDates(object.text)).entries()) {
    if (index > 0) box.append(make('br'));
    const quoted = /^(?:>|&gt;)\s?/u.exec(line);
    const parts = inline(quoted ? line.slice(quoted[0].length) : line);
    box.append(...(quoted ? [make('span', { className: 'strict-quote' }, ...parts)] : parts));
  }
  return box;
}

/** Lines, with a code fence kept whole. */
const lines = (text) => text.match(/(?:```[\s\S]+?```|[^\n])+|(?<=\n)(?=\n)/gu) ?? [];

function inline(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    parts.push(withoutEntities(text.slice(from, match.index)), token(match));
    from = match.index + match[0].length;
  }
  parts.push(withoutEntities(text.slice(from)));
  return parts;
}

function token([, fence, code, user, url, label, bold, italic, struck]) {
  if (fence !== undefined) return make('pre', {}, withoutEntities(fence.replace(/^\n/u, '')));
  if (code !== undefined) return make('code', {}, withoutEntities(code));
  if (user !== undefined) return make('span', { className: 'mention' }, `@${person.names.get(user) ?? user}`);
  if (url !== undefined) {
    return make('a', { href: url, target: '_blank', rel: 'noreferrer' }, withoutEntities(label ?? url));
  }
  if (bold !== undefined) return make('strong', {}, ...inline(bold));
  if (italic !== undefined) return make('em', {}, ...inline(italic));
  return make('del', {}, ...inline(struck));
}
