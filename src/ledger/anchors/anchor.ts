import type { Checkpoint } from '../../core/checkpoint.js';

/** A checkpoint on its way out, with the proofs that a receiver may ask for. */
export interface Anchoring extends Checkpoint {
  /** The signed note. */
  note: string;
  /** That this tree only adds to the one of `older` leaves. */
  consistency(older: number): Promise<Buffer[]>;
}

/**
 * A place outside the database that keeps checkpoints. `domain` names whom an attacker would have to control besides us:
 * a verdict counts domains, not anchors.
 */
export interface Anchor {
  name: string;
  domain: string;
  /** Not more often than this: a channel that people read is not a log. */
  paceMilliseconds: number;
  /** Keeps it; repeats safely. Gives a witness's cosignature line where there is one. Throws when refused or unreachable. */
  submit(checkpoint: Anchoring): Promise<{ witness: string; line: string } | null>;
  /** The newest it keeps of a log; null when none, or when it cannot be asked. */
  newest(origin: string): Promise<Checkpoint | null>;
}
