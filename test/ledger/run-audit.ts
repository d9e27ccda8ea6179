import { vi } from 'vitest';
import { auditCommand } from '../../src/edges/cli/audit.js';

/** `countersign audit …` against a server: what it prints and exits with. */
export async function runAudit(
  server: { http: string; token: string },
  ...args: string[]
): Promise<{ code: unknown; text: string }> {
  let text = '';
  const keep = (chunk: unknown) => {
    text += String(chunk);
    return true;
  };
  const spies = [process.stdout, process.stderr].map((out) =>
    vi.spyOn(out, 'write').mockImplementation(keep),
  );
  try {
    await auditCommand().parseAsync([...args, '--http', server.http, '--token', server.token], {
      from: 'user',
    });
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return { code: process.exitCode, text };
}
