import { expect, it } from 'vitest';
import { nextLook } from './live.js';
import { sample } from './sample.js';

const GRANTED = new Date('2026-01-05T10:00:00.000Z');

const granted = (durationMinutes: number, warnedAt: string | null = null, ticket: string | null = null) => {
  const details = sample('active');
  const grantedAt = GRANTED;
  const expiresAt = new Date(grantedAt.getTime() + durationMinutes * 60_000).toISOString();
  const grant = details.grant && { ...details.grant, grantedAt: grantedAt.toISOString(), expiresAt };
  return { ...details, grant, durationMinutes, warnedAt, ticket };
};

it.each([
  [4 * 60, '13:45'],
  [60, '10:48'],
  [25, '10:20'],
  [10, '10:05'],
  [6, '10:01'],
])('access of %i minutes warns at %s', (minutes, at) => {
  expect(nextLook(granted(minutes), GRANTED, {})?.toISOString()).toBe(`2026-01-05T${at}:00.000Z`);
});

it.each([5, 3, 1])('access of %i minutes ends without a warning nobody could act on', (minutes) => {
  const details = granted(minutes);
  expect(nextLook(details, GRANTED, {})?.toISOString()).toBe(details.grant?.expiresAt);
});

it('a warning is given once, and the end comes when it was granted to come', () => {
  const details = granted(60, '2026-01-05T10:48:00.000Z');
  expect(nextLook(details, GRANTED, {})?.toISOString()).toBe('2026-01-05T11:00:00.000Z');
});

const TRACKER = { tickets: { status: async () => 'open' as const } };

it.each([
  [60, '10:10'],
  [12 * 60, '10:14'],
  [30 * 24 * 60, '11:00'],
])('the ticket of an access of %i minutes is asked about at %s', (minutes, at) => {
  const details = granted(minutes, GRANTED.toISOString(), 'OPS-1');
  expect(nextLook(details, GRANTED, TRACKER)?.toISOString()).toBe(`2026-01-05T${at}:00.000Z`);
});

it('a ticket is never asked about after the end, nor where there is no tracker', () => {
  const details = granted(60, '2026-01-05T10:48:00.000Z', 'OPS-1');
  const end = details.grant?.expiresAt;
  expect(nextLook(details, new Date('2026-01-05T10:55:00.000Z'), TRACKER)?.toISOString()).toBe(end);
  expect(nextLook(details, GRANTED, {})?.toISOString()).toBe(end);
});
