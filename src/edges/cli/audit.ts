import { Command } from 'commander';
import { z } from 'zod';

const Report = z.object({
  ok: z.boolean(),
  size: z.number(),
  root: z.string(),
  problems: z.array(z.object({ seq: z.number().nullable(), mechanism: z.string(), detail: z.string() })),
  problemCount: z.number(),
});
type Report = z.infer<typeof Report>;

/** `countersign audit …`: asks the server over HTTP, holds no database access. Exit 0 when it verifies, else 1. */
export function auditCommand(): Command {
  const audit = new Command('audit').description('read and verify the ledger');
  audit
    .command('verify')
    .description('have the server recompute the whole ledger from its stored bytes')
    .requiredOption('--http <url>', 'where the server is, e.g. http://127.0.0.1:3000')
    .requiredOption('--token <token>', "an auditor's token")
    .action(async (options: { http: string; token: string }) => {
      process.exitCode = await verify(options);
    });
  return audit;
}

async function verify({ http, token }: { http: string; token: string }): Promise<0 | 1> {
  try {
    const report = await askReport(new URL('/v1/audit/verify', http), token);
    process.stdout.write(describe(report));
    return report.ok ? 0 : 1;
  } catch (error) {
    process.stderr.write(
      `The ledger could not be verified: ${error instanceof Error ? error.message : 'unknown failure'}\n`,
    );
    return 1;
  }
}

async function askReport(url: URL, token: string): Promise<Report> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (response.status === 401) throw new Error('the token is not accepted; it may have expired');
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return Report.parse(await response.json());
}

function describe({ ok, size, root, problems, problemCount }: Report): string {
  if (ok) return `OK: ${size} entries verify. Root ${root}\n`;
  const lines = problems.map(
    ({ seq, mechanism, detail }) =>
      `  ${seq === null ? 'whole log' : `entry ${seq}`}: ${mechanism}: ${detail}`,
  );
  return [`FAILED: ${problemCount} problems in ${size} entries`, ...lines, ''].join('\n');
}
