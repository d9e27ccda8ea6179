const DATE = /<!date\^(\d+)\^([^|>^]+)(?:\^[^|>]*)?\|([^>]*)>/gu;
const TIME = { hour: '2-digit', minute: '2-digit' };
const SHORT = { month: 'short', day: 'numeric', year: 'numeric' };

/** `<!date^…>` in the reader's own time zone and language. */
export function withDates(text) {
  return text.replace(DATE, (_all, seconds, format) => formatDate(new Date(Number(seconds) * 1000), format));
}

function formatDate(date, format) {
  return format.replace(/\{(\w+)\}/gu, (token, name) => {
    if (name === 'ago') return fromNow(date);
    if (name === 'time') return date.toLocaleTimeString([], TIME);
    if (name === 'time_secs') return date.toLocaleTimeString([], { ...TIME, second: '2-digit' });
    if (name === 'date_num') return date.toISOString().slice(0, 10);
    if (name === 'date_long')
      return date.toLocaleDateString([], { ...SHORT, month: 'long', weekday: 'long' });
    if (!name.startsWith('date')) return token;
    const day = date.toLocaleDateString([], SHORT);
    return name.endsWith('_pretty') ? (nearDay(date) ?? day) : day;
  });
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** `in 12 minutes`, `3 hours ago`. */
function fromNow(date) {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  const [unit, length] = UNITS.find(([, least]) => Math.abs(seconds) >= least) ?? ['second', 1];
  return new Intl.RelativeTimeFormat().format(Math.round(seconds / length), unit);
}

function nearDay(date) {
  const midnight = (when) => new Date(when).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(date) - midnight(Date.now())) / 86_400_000);
  return { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }[days];
}

/** Slack's three entities as characters; what would then read as a mention or link is kept from doing so. */
export function withoutEntities(text) {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/<(?=[@#!a-z])/giu, '<\u200b');
}

const LINK = /(<[^>]*>)/u;

function mrkdwn(text) {
  const parts = withDates(text).split(LINK);
  return parts.map((part) => (LINK.test(part) ? part : withoutEntities(part))).join('');
}

/** The frame with its mrkdwn as the stand-in's page can show it: it knows neither dates nor entities. */
export function readable(value) {
  if (Array.isArray(value)) return value.map(readable);
  if (value === null || typeof value !== 'object') return value;
  const isText =
    value.type === 'mrkdwn' || (typeof value.ts === 'string' && typeof value.channel === 'string');
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === 'log'
        ? each
        : isText && key === 'text' && typeof each === 'string'
          ? mrkdwn(each)
          : readable(each),
    ]),
  );
}
