import { expect, test } from 'vitest';
import { parseChange, SealedChange } from './change.js';

const SHA = '0123456789abcdef0123456789abcdef01234567';

test('a repository and a branch, tag or commit are told apart', () => {
  expect(parseChange('hookpilot/caption-studio@main')).toEqual({
    repository: 'hookpilot/caption-studio',
    ref: 'main',
  });
  expect(parseChange(' hookpilot/site.js@release/2026-11 ')).toMatchObject({ ref: 'release/2026-11' });
  expect(parseChange(`hookpilot/caption-studio@${SHA}`)).toMatchObject({ ref: SHA });
});

test('what is no repository@ref, or would climb out of its place in an address, is none', () => {
  for (const text of [
    '',
    'main',
    'caption-studio@main',
    'hookpilot/caption-studio',
    'hookpilot/caption-studio@',
    'hookpilot/caption-studio@a..b',
    'hookpilot/caption-studio@main branch',
    'hookpilot/../admin@main',
    '-/x@main',
    'a/b/c@main',
  ])
    expect(parseChange(text), text).toBeNull();
});

test('rule 5: only a whole commit id is sealed', () => {
  expect(SealedChange.safeParse(`hookpilot/caption-studio@${SHA}`).success).toBe(true);
  for (const ref of ['main', SHA.slice(0, 7), SHA.toUpperCase(), `${SHA}0`])
    expect(SealedChange.safeParse(`hookpilot/caption-studio@${ref}`).success, ref).toBe(false);
});
