import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newPacketId, newRequestId } from '../core/ids.js';
import { PrincipalId, TenantId } from '../core/tenant.js';
import { openDisk } from './disk.js';
import { accountOf, type GrantRecord } from './grant-record.js';
import { birthOf } from './process-birth.js';

let directory: string;
const unreadable: string[] = [];
const open = () => openDisk(directory, (file) => unreadable.push(file));

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-disk-'));
  unreadable.length = 0;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function record(): GrantRecord {
  const requestId = newRequestId();
  const at = '2026-01-01T00:00:00.000Z';
  return {
    v: 1,
    tenant: TenantId.parse('T0TEST'),
    requestId,
    packetId: newPacketId(),
    system: 'orders-db',
    scope: 'read',
    subject: PrincipalId.parse('alice'),
    seal: 'seal',
    account: accountOf(requestId),
    member: null,
    accountId: null,
    state: 'begun',
    createdAt: at,
    expiresAt: at,
    validUntil: at,
    endReason: null,
    reportedUnproven: false,
  };
}

test('rule 12: what is owed, buried and answered is there after a crash', () => {
  const before = open();
  const [owed, ended] = [record(), record()];
  const packetId = newPacketId();
  before.saveOwed(owed);
  before.saveOwed(ended);
  before.bury({
    requestId: ended.requestId,
    system: ended.system,
    createdAt: ended.createdAt,
    endedAt: ended.expiresAt,
  });
  before.settle(ended.requestId);
  before.saveReceipt(packetId, Buffer.from('receipt'));
  const after = open();
  expect(after.holder).toBe(before.holder);
  expect(after.allOwed()).toEqual([owed]);
  expect(after.tombstoneOf(ended.requestId)).toBeDefined();
  expect([...after.pendingReceipts()]).toEqual([[packetId, Buffer.from('receipt')]]);
});

test('rule 6: the hour’s grants are counted with the ended ones, each once', () => {
  const disk = open();
  const [live, ending, ended] = [record(), record(), record()];
  for (const one of [live, ending, ended]) disk.saveOwed(one);
  for (const one of [ending, ended])
    disk.bury({
      requestId: one.requestId,
      system: one.system,
      createdAt: one.createdAt,
      endedAt: one.expiresAt,
    });
  disk.settle(ended.requestId);
  expect(disk.begunSince('orders-db', new Date('2025-12-31T23:30:00Z'))).toBe(3);
  expect(disk.begunSince('orders-db', new Date('2026-01-01T00:00:01Z'))).toBe(0);
  expect(disk.begunSince('payroll-db', new Date(0))).toBe(0);
});

test('half a file is told and does not stop the doer', () => {
  open();
  writeFileSync(join(directory, 'owed', 'r_half'), '{"v":1');
  writeFileSync(join(directory, 'owed', 'r_new.new'), '{"v":1');
  expect(open().allOwed()).toEqual([]);
  expect(unreadable).toEqual([join(directory, 'owed', 'r_half')]);
});

test('two doers cannot share a disk', () => {
  writeFileSync(join(directory, 'doer.pid'), `1 ${birthOf(1)}`);
  expect(open).toThrow(expect.objectContaining({ code: 'data_dir_in_use' }));
});

test('rule 12: after a reboot, a stranger with the old number keeps no doer from ending what it owes', () => {
  writeFileSync(join(directory, 'doer.pid'), '1 another-boot/42');
  expect(open).not.toThrow();
});
