import { expect, it } from 'vitest';
import { elevate } from './index.js';

it.each([
  ['', true],
  ['orders-db read-orders 15m INC-1', true],
  ['status #12', true],
  ['Status', true],
  ['status list', false],
  ['help', false],
  ['MINE', false],
  ['end #3', false],
  ['cancel', false],
])('/elevate %s opens a modal: %s', (text, opens) => expect(elevate.opensModal?.(text)).toBe(opens));
