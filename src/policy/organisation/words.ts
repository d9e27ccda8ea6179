import { z } from 'zod';

/** The pieces that several kinds of entry are made of. */
export const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and hyphens (at most 63)');
export const title = z.string().trim().min(1).max(75);
export const minutes = z.number().int().min(1).max(43_200);
