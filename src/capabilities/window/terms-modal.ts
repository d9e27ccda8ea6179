import type { ModalView } from '@slack/types';
import { section } from '../../blocks/index.js';
import { ok } from '../../core/outcome.js';
import type { RequestId } from '../../core/tenant.js';
import { privately } from '../button.js';
import type { Names, SlackAnswer, VerbContext } from '../define.js';
import { namesOf } from '../names.js';
import { termsModal } from '../sealed-terms.js';
import type { WindowRequest } from './schemas.js';
import { onCurrent } from './stored.js';
import { reasonPart, scopesPart, termFields } from './terms-views.js';
import { headline, STATUS } from './views.js';

/** Show Terms: all that is sealed, as it is now. */
export async function showTerms(
  context: VerbContext,
  id: RequestId,
  { seal }: { seal: string },
): Promise<SlackAnswer> {
  const found = await onCurrent(context, id, async (request) => ok(request));
  if (!found.ok) return privately(found);
  const names = namesOf(context.policy.organisation);
  return { show: 'modal', view: termsView(found.value, names, seal) };
}

/** `seal`: of the message it is opened from. */
export function termsView(request: WindowRequest, names: Names, seal: string): ModalView {
  const { system, terms } = request.details;
  const what = `*#${request.number}* ${headline(request, names)}\n${STATUS[request.state](request, names)}`;
  const lead = [section(what), termFields(request, names)];
  const parts = [reasonPart(request), scopesPart(system, terms.scopes, names)];
  return termsModal(request, { seal, lead, parts });
}
