import type { ModalView } from '@slack/types';
import { section } from '../../blocks/index.js';
import type { Names } from '../define.js';
import { termsModal } from '../sealed-terms.js';
import type { Elevation } from './schemas.js';
import { privilegesPart, reasonPart, termFields } from './terms-views.js';
import { summary } from './views.js';

/** All that is sealed, as it is now. `seal`: of the message it is opened from. */
export function termsView(request: Elevation, names: Names, seal: string): ModalView {
  const lead = [section(summary(request, names)), ...termFields(request, names)];
  return termsModal(request, { seal, lead, parts: [reasonPart(request), privilegesPart(request)] });
}
