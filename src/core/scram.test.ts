import { createHash, createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { scramVerifier } from './scram.js';

it('gives the keys that verify the exchange of RFC 7677 §3', () => {
  const [, iterations, salt, storedKey = '', serverKey = ''] =
    /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):(.+)$/.exec(
      scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')),
    ) ?? [];
  const exchange =
    'n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,' +
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
  const keyed = (key: string) => createHmac('sha256', Buffer.from(key, 'base64')).update(exchange).digest();
  const proof = Buffer.from('dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=', 'base64');
  const clientKey = keyed(storedKey).map((byte, at) => byte ^ (proof[at] ?? 0));

  expect({ iterations, salt }).toEqual({ iterations: '4096', salt: 'W22ZaJ0SNY7soEsUEjb6gQ==' });
  expect(createHash('sha256').update(clientKey).digest('base64')).toBe(storedKey);
  expect(keyed(serverKey).toString('base64')).toBe('6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
});

it('salts: one password never gives the same verifier twice', () => {
  expect(scramVerifier('pencil')).not.toBe(scramVerifier('pencil'));
});

it('refuses a password that clients would normalise differently', () => {
  expect(() => scramVerifier('pässword')).toThrow(RangeError);
});
