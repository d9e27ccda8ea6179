import type { DocumentFormat, VerbContext } from '../define.js';
import { documentOf } from './document.js';
import { markdownOf } from './markdown.js';
import type { Glass, Review } from './schemas.js';
import { asReview, list } from './stored.js';

/** A review as the incident record it is, with its use, its justification and a timeline out of the ledger. */
export async function exportReview(
  context: VerbContext,
  number: number,
  format: DocumentFormat,
): Promise<string | null> {
  const review = await findReview(context, number);
  return review === null ? null : writeReview(context, review, format);
}

export async function findReview(context: VerbContext, number: number): Promise<Review | null> {
  const found = await findNumbered(context, number);
  return found?.details.part === 'review' ? asReview(found) : null;
}

/** Whatever of a loop has this number: a use, its justification or its review. */
export async function findNumbered(context: VerbContext, number: number): Promise<Glass | null> {
  const [found] = await list(context, { before: number + 1, take: 1 });
  return found?.number === number ? found : null;
}

export async function writeReview(
  context: VerbContext,
  review: Review,
  format: DocumentFormat,
): Promise<string> {
  const document = await documentOf(context, review);
  return format === 'json' ? `${JSON.stringify(document, null, 2)}\n` : markdownOf(document);
}
