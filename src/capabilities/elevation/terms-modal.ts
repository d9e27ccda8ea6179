import type { ModalView } from '@slack/types';
import { section } from '../../blocks/index.js';
import { ok } from '../../core/outcome.js';
import type { RequestId } from '../../core/tenant.js';
import { privately } from '../button.js';
import type { Names, SlackAnswer, VerbContext } from '../define.js';
import { namesOf } from '../names.js';
import { termsModal } from '../sealed-terms.js';
import type { Elevation } from './schemas.js';
import { onCurrent } from './stored.js';
import { privilegesPart, reasonPart, termFields } from './terms-views.js';
import { summary } from './views.js';

/** Show Terms: all that is sealed, as it is now. It says what the card says, to whoever sees a card or decides at home. */
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
export function termsView(request: Elevation, names: Names, seal: string): ModalView {
  const lead = [section(summary(request, names)), ...termFields(request, names)];
  return termsModal(request, { seal, lead, parts: [reasonPart(request), privilegesPart(request)] });
}
