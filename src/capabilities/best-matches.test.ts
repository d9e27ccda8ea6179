import { expect, it } from 'vitest';
import { bestMatches } from './best-matches.js';

const option = (text: string, value = text) => ({ text, value });
const texts = (options: readonly ReturnType<typeof option>[], query: string) =>
  bestMatches(options, query).map(({ text }) => text);

it('finds by every word typed, in any order, in label and value, and the best come first', () => {
  const options = [
    option('Billing: Read orders', 'billing/read'),
    option('Orders database: Read orders', 'orders-db/read-orders'),
    option('Preorders: Read', 'pre/read'),
    option('Wiki: Edit', 'wiki/edit'),
  ];
  expect(texts(options, 'orders')).toEqual([
    'Orders database: Read orders',
    'Billing: Read orders',
    'Preorders: Read',
  ]);
  expect(texts(options, 'READ bill')).toEqual(['Billing: Read orders']);
  expect(texts(options, 'orders-db')).toEqual(['Orders database: Read orders']);
  expect(texts(options, 'nothing like it')).toEqual([]);
});

it('fivexl cut 99 options silently: of 300 each is found by typing it, and no answer is longer than Slack takes', () => {
  const options = Array.from({ length: 300 }, (_, number) =>
    option(`System ${number}: Read`, `s-${number}/read`),
  );
  expect(bestMatches(options, '')).toHaveLength(100);
  for (const { text } of options) expect(texts(options, text)[0]).toBe(text);
});

it('finds the one of that very name among hundreds that begin with it', () => {
  const options = Array.from({ length: 300 }, (_, number) =>
    option('Database: Read', `db-${300 - number}/read`),
  );
  for (const { value } of options)
    expect(bestMatches(options, value.replace('/read', ''))[0]?.value).toBe(value);
});
