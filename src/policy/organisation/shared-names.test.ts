import { expect, it } from 'vitest';
import { sharedName } from './shared-names.js';

it.each([
  ...['admin', 'admins', 'administrators', 'superadmin', 'dbadmin', 'Sys-Admin', 'jo-admin', 'root'],
  ...['service-desk', 'customer-service', 'oncall-eng', 'on-call2', 'ops-eu', 'ops', 'dev-us', 'devs'],
  ...['engineers', 'accounts', 'prod', 'payments-team.eu', 'Support-EU', 'users', 'it.staff', 'no-reply'],
])('%s is nobody’s own account', (name) => expect(sharedName(name)).toBe(true));

it.each([
  ...['dev', 'it', 'guest', 'sales', 'all', 'east', 'eng'].map((word) => `${word}.patel`),
  ...['dev-patel', 'mary.guest', 'ana-eng', 'jo.west', 'adminah', 'teamu.kato', 'supportino', 'kim.eastwood'],
  ...['hp-alice', 'svc-deploy', 'call.norman', 'opsomer', 'hana'],
])('%s is somebody’s', (name) => expect(sharedName(name)).toBe(false));
