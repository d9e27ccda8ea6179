import { expect, it } from 'vitest';
import { newRequestId } from '../core/ids.js';
import { PrincipalId } from '../core/tenant.js';
import { refusal } from '../policy/index.js';
import { orGivenBack } from './refusals.js';

const erin = PrincipalId.parse('erin');
const frank = PrincipalId.parse('frank');
const request = { id: newRequestId(), capability: 'window', requester: erin };
const broken = refusal('policy.unavailable', 'Policy does not answer.');

it('rule 2: a policy that does not answer keeps nobody from giving back what is their own', () => {
  expect(orGivenBack(broken, request, { by: erin })).toMatchObject({
    effect: 'oblige',
    reasons: [{ rule: 'window.given_back' }],
  });
});

it("what is somebody else's is given back by no one without policy", () => {
  expect(orGivenBack(broken, request, { by: frank })).toBe(broken);
});
