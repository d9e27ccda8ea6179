import type { ModalView } from '@slack/types';
import { section } from '../../blocks/index.js';
import type { Names } from '../define.js';
import { termsModal } from '../sealed-terms.js';
import type { WindowRequest } from './schemas.js';
import { reasonPart, scopesPart, termFields } from './terms-views.js';
import { headline, STATUS } from './views.js';

/** All that is sealed, as it is now. `seal`: of the message it is opened from. */
export function termsView(request: WindowRequest, names: Names, seal: string): ModalView {
  const { system, terms } = request.details;
  const what = `*#${request.number}* ${headline(request, names)}\n${STATUS[request.state](request, names)}`;
  const lead = [section(what), termFields(request, names)];
  const parts = [reasonPart(request), scopesPart(system, terms.scopes, names)];
  return termsModal(request, { seal, lead, parts });
}
