import { type Problem, validatePayload } from '../../../src/blocks/index.js';
import { Json } from './shapes.js';

export type Violation = { method: string; error: string; problems: Problem[] };

/** Outgoing calls that Slack would refuse, or that break our own rules (no fallback text). Tests assert none. */
export type Violations = {
  list(): Violation[];
  clear(): void;
  /** Records what is wrong with a message or a view; gives only what Slack itself refuses. */
  check(method: string, payload: { message: unknown } | { view: unknown }): Problem[];
  record(method: string, error: string, problems?: Problem[]): void;
};

export function createViolations(): Violations {
  let recorded: Violation[] = [];
  const record = (method: string, error: string, problems: Problem[] = []) => {
    recorded.push({ method, error, problems });
  };
  return {
    list: () => recorded,
    clear: () => {
      recorded = [];
    },
    record,
    check(method, payload) {
      const problems = validatePayload(payload);
      if (problems.length > 0)
        record(method, 'view' in payload ? 'invalid_arguments' : 'invalid_blocks', problems);
      return problems.filter((problem) => problem.severity === 'error');
    },
  };
}

/** A problem as Slack words it in `response_metadata.messages`. */
export function problemLine(problem: Problem): string {
  const { rule, pointer, got, limit } = Json.parse(problem);
  return `[ERROR] ${String(rule)} [json-pointer:${String(pointer)}] got ${JSON.stringify(got)} limit ${JSON.stringify(limit)}`;
}
