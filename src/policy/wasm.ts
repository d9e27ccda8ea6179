import { type LoadedPolicy, loadPolicy } from '@open-policy-agent/opa-wasm';
import { z } from 'zod';
import { CountersignError } from '../core/errors.js';
import { Answer } from './answer.js';

/** A compiled policy, asked by the exact bytes that are recorded beside the decision. */
export interface Rules {
  /** Throws when the entrypoint is unknown, evaluation aborts or the answer is not an Answer. */
  ask(entrypoint: string, canonicalFacts: string): Answer;
}

const Results = z.tuple([z.strictObject({ result: Answer })]);

export async function loadRules(bundle: Uint8Array): Promise<Rules> {
  const wasm = await loadPolicy(bundle);
  const needed = hostBuiltins(wasm);
  if (needed.length > 0)
    throw new CountersignError('policy.needs_builtin', 'The policy calls built-ins outside its own wasm.', {
      detail: needed.join(', '),
    });
  return {
    ask(entrypoint, canonicalFacts) {
      const bytes = new TextEncoder().encode(canonicalFacts);
      const [{ result }] = Results.parse(wasm.evaluate(bytes.buffer, entrypoint));
      return result;
    },
  };
}

/** The built-ins a bundle asks its host for. We lend none: a decision runs wholly inside its wasm. */
function hostBuiltins({ wasmInstance, mem }: LoadedPolicy): string[] {
  const { exports } = 'instance' in wasmInstance ? wasmInstance.instance : wasmInstance;
  const at = exports.opa_json_dump(exports.builtins());
  const bytes = new Uint8Array(mem.buffer, at);
  const text = new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
  return Object.keys(z.record(z.string(), z.number()).parse(JSON.parse(text)));
}
