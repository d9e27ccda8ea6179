import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { policyDigest } from './digest.js';
import { readOrganisation } from './organisation/read.js';
import type { Organisation } from './organisation/schema.js';

export interface PolicyFiles {
  /** What `GET /v1/policy` gives once these are applied. */
  digest: string;
  organisation: Organisation;
  /** The compiled wasm; empty where it is missing, which denies every beginning and delays no end. */
  bundle: Uint8Array;
}

/** Where the compiled rules stand below the policies' directory. */
export const BUNDLE_FILE = join('compiled', 'policy.wasm');

/** Reads `policies/`. Throws an OrganisationError, with file and line, when the organisation cannot be used. */
export function readPolicyFiles(directory: string, connectorKinds: ReadonlySet<string>): PolicyFiles {
  const organisation = readOrganisation(directory, connectorKinds);
  const file = join(directory, BUNDLE_FILE);
  const bundle = existsSync(file) ? readFileSync(file) : new Uint8Array();
  return { digest: policyDigest(bundle, organisation), organisation, bundle };
}

export type Comparison = { same: true } | { same: false; problem: string };

/**
 * Whether a process's own files are what was applied (rule 17). When not, the process goes on with what was applied and
 * `problem` is what it alarms with. Files that cannot be read at all are such a problem, never an exception.
 */
export function compareWithApplied(
  directory: string,
  connectorKinds: ReadonlySet<string>,
  appliedDigest: string,
): Comparison {
  try {
    const { digest } = readPolicyFiles(directory, connectorKinds);
    if (digest === appliedDigest) return { same: true };
    return {
      same: false,
      problem: `The policy files here are ${digest}; ${appliedDigest} is applied and stays in force.`,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      same: false,
      problem: `The policy files here cannot be read; ${appliedDigest} stays in force.\n${why}`,
    };
  }
}
