import type { UseDetails } from './schemas.js';

/** What happened in a use and when, by what the ledger's entries brought about, oldest first. */
export function timelineOf({ openedAt, alerts, window, showings, end, incident }: UseDetails) {
  const lines = [
    { at: openedAt, what: `break-glass opened for ${incident}` },
    ...alerts.map(({ at, channel }) => ({
      at,
      what: `alert taken ${channel === 'slack' ? 'in Slack' : 'by the pager'}`,
    })),
    { at: window?.checkedOutAt ?? null, what: 'account open' },
    ...showings.map(({ shownAt }) => ({ at: shownAt, what: 'credential shown' })),
    { at: end?.askedAt ?? null, what: `end: ${end?.reason.replaceAll('_', ' ')}` },
    { at: end?.provedAt ?? null, what: 'sessions closed, credential proved dead' },
  ];
  return lines
    .flatMap(({ at, what }) => (at === null ? [] : [{ at, what }]))
    .toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}
