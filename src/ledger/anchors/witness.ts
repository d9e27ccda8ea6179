import { sha256Hex } from '../../core/canonical.js';
import { parseCheckpointText } from '../../core/checkpoint.js';
import { CountersignError } from '../../core/errors.js';
import { parseNote, parseVerifierKey, verifyNote } from '../../core/note.js';
import type { Anchor, Anchoring } from './anchor.js';

const TIMEOUT_MILLISECONDS = 10_000;

/** A C2SP tlog-witness: asked to cosign, it answers with the size it knows when that is another than we thought. */
export function witnessAnchor(options: {
  /** Its submission prefix. */
  url: string;
  vkey: string;
  domain: string;
}): Anchor {
  const key = parseVerifierKey(options.vkey);
  const known = new Map<string, number>();
  const at = (path: string) => new URL(path, options.url.replace(/\/?$/, '/'));

  async function ask(checkpoint: Anchoring, oldSize: number): Promise<Response> {
    const proof = oldSize > 0 && oldSize < checkpoint.size ? await checkpoint.consistency(oldSize) : [];
    const lines = [`old ${oldSize}`, ...proof.map((hash) => hash.toString('base64'))];
    return fetch(at('add-checkpoint'), {
      method: 'POST',
      body: `${lines.join('\n')}\n\n${checkpoint.note}`,
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    });
  }

  return {
    name: key.name,
    domain: options.domain,
    paceMilliseconds: 0,
    async submit(checkpoint) {
      let response = await ask(checkpoint, known.get(checkpoint.origin) ?? 0);
      if (response.status === 409 && response.headers.get('content-type') === 'text/x.tlog.size') {
        const size = Number((await response.text()).trim());
        if (!Number.isSafeInteger(size) || size > checkpoint.size)
          throw new CountersignError('witness_ahead', 'The witness has seen more of this log than we have.', {
            detail: `${size}`,
          });
        response = await ask(checkpoint, size);
      }
      if (response.status !== 200)
        throw new CountersignError('witness_refused', 'The witness did not cosign.', {
          detail: `${response.status}`,
        });
      const [good] = verifyNote(parseNote(`${parseNote(checkpoint.note).text}\n${await response.text()}`), [
        key,
      ]);
      if (!good) throw new CountersignError('witness_refused', 'The witness answered without its signature.');
      known.set(checkpoint.origin, checkpoint.size);
      return { witness: key.name, line: `${good.line}\n` };
    },
    /** Asked of the witness itself, never of our database: whoever owns that could hide what was cosigned. */
    async newest(origin) {
      const note = await fetch(at(`checkpoint/${sha256Hex(origin)}`), {
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      }).then(
        (response) => (response.ok ? response.text() : null),
        () => null,
      );
      if (note === null) return null;
      const parsed = parseNote(note);
      const checkpoint = parseCheckpointText(parsed.text);
      return checkpoint.origin === origin && verifyNote(parsed, [key]).length > 0 ? checkpoint : null;
    },
  };
}
