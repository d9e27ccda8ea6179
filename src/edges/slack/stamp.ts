import type { KnownBlock } from '@slack/types';

/** Surfaces are named by capabilities: `card`, `dm:outcome`, `thread:shown:p_…`. */
const STAMPED = /^([a-z][\w:.-]{0,119})~/u;

/**
 * Blocks whose buttons say which surface they stand on, so that a click from a message we lost the note of tells what
 * that message should show.
 */
export const stamped = (surface: string, blocks: readonly KnownBlock[]): KnownBlock[] =>
  blocks.map((block) =>
    block.type === 'actions' ? { ...block, block_id: `${surface}~${block.block_id ?? ''}` } : block,
  );

/** The surface a clicked block stands on; null where no stamp of ours is. */
export const surfaceOf = (blockId: string | undefined): string | null =>
  STAMPED.exec(blockId ?? '')?.[1] ?? null;
