import type { Names, Surface } from '../define.js';
import { justificationSurfaces } from './justification-view.js';
import { reviewSurfaces } from './review-view.js';
import type { Glass } from './schemas.js';
import { asJustification, asReview, asUse } from './stored.js';
import { useSurfaces } from './use-view.js';

/** Every message a request of the loop should have in its present state. Pure, and total over states (rule 14). */
export function surfaces(request: Glass, names: Names): Surface[] {
  switch (request.details.part) {
    case 'use':
      return useSurfaces(asUse(request), names);
    case 'justification':
      return justificationSurfaces(asJustification(request), names);
    case 'review':
      return reviewSurfaces(asReview(request), names);
  }
}
