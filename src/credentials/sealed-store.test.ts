import { expect, test } from 'vitest';
import { emptySealedStore, generateSealedKey, openRoot, sealRoot } from './sealed-store.js';

const root = { user: 'cs_root', password: 'the root password' };
const key = generateSealedKey();
const store = sealRoot(emptySealedStore(), key, 'orders-db', root);

test('rule 10: the root credential is encrypted at rest and opens with its key', () => {
  expect(JSON.stringify(store)).not.toContain(root.password);
  expect(openRoot(store, key, 'orders-db')).toEqual(root);
});

test('another key, another system’s name and changed bytes are refused, without a word of what was inside', () => {
  const box = store.roots['orders-db'];
  if (!box) throw new Error('nothing was sealed');
  const moved = { ...store, roots: { 'payroll-db': box } };
  const changed = { ...store, roots: { 'orders-db': { ...box, tag: Buffer.alloc(16).toString('base64') } } };
  const shortened = {
    ...store,
    roots: { 'orders-db': { ...box, tag: Buffer.from(box.tag, 'base64').subarray(0, 4).toString('base64') } },
  };
  for (const attempt of [
    () => openRoot(store, generateSealedKey(), 'orders-db'),
    () => openRoot(moved, key, 'payroll-db'),
    () => openRoot(changed, key, 'orders-db'),
    () => openRoot(shortened, key, 'orders-db'),
    () => openRoot(store, key, 'unknown'),
  ]) {
    expect(attempt).toThrow(expect.objectContaining({ code: 'sealed_store_unreadable' }));
    expect(attempt).not.toThrow(expect.objectContaining({ cause: expect.anything() }));
  }
});
