import type { Gist, Names, Surface } from '../define.js';
import { justificationSurfaces, standing } from './justification-view.js';
import { reviewStatus, reviewSurfaces } from './review-view.js';
import type { Glass } from './schemas.js';
import { asJustification, asReview, asUse } from './stored.js';
import { useGist, useSurfaces } from './use-view.js';

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

/** A loop is judged by its use; what its children owe stands in their own messages. */
export function gist(request: Glass, names: Names): Gist {
  switch (request.details.part) {
    case 'use':
      return useGist(asUse(request), names);
    case 'justification':
      return {
        what: 'the justification of a use',
        status: standing(asJustification(request), names),
        words: '',
      };
    case 'review':
      return { what: 'the review of a use', status: reviewStatus(asReview(request), names), words: '' };
  }
}
