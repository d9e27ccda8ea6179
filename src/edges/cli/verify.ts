import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { ask, type Server } from './server.js';

const Report = z.object({
  ok: z.boolean(),
  size: z.number(),
  range: z.object({ from: z.number(), to: z.number() }),
  root: z.string(),
  problems: z.array(z.object({ seq: z.number().nullable(), mechanism: z.string(), detail: z.string() })),
  problemCount: z.number(),
  anchors: z.array(
    z.object({ anchor: z.string(), domain: z.string(), size: z.number().nullable(), agrees: z.boolean() }),
  ),
  quorum: z.object({ agreeing: z.number(), of: z.number(), domains: z.array(z.string()) }),
});
type Report = z.infer<typeof Report>;
const Line = z.union([
  z.object({ verdict: Report }),
  z.object({ progress: z.object({ checked: z.number(), size: z.number() }) }),
]);

export interface VerifyArguments extends Server {
  chain?: boolean;
  from?: string;
  quorum?: string;
  to?: string;
}

/** Follows the server's lines to the verdict; an answer that ends before it is a failure. */
export async function verify(options: VerifyArguments): Promise<0 | 1> {
  const { chain, from, to } = options;
  const query = new URLSearchParams({
    ...(chain === true ? { depth: 'chain' } : {}),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  });
  const { body } = await ask(options, `/v1/audit/verify?${query}`, { accept: 'application/x-ndjson' });
  if (!body) throw new Error('the server answered nothing');
  for await (const text of createInterface({ input: Readable.fromWeb(body) })) {
    const line = Line.parse(JSON.parse(text));
    if ('verdict' in line) {
      process.stdout.write(describe(line.verdict));
      return line.verdict.ok && hasQuorum(line.verdict, options.quorum) ? 0 : 1;
    }
    if (process.stderr.isTTY)
      process.stderr.write(`\r${line.progress.checked} of ${line.progress.size} entries\r`);
  }
  throw new Error('the server stopped before its verdict');
}

function describe(report: Report): string {
  const { ok, size, range, root, problems, problemCount } = report;
  const isWhole = range.from === 0 && range.to === size;
  const what = isWhole ? `${size} entries` : `entries ${range.from} to ${range.to - 1} of ${size}`;
  if (ok) return `OK: ${what} verify. Root ${root}\n${describeAnchors(report)}\n`;
  const lines = problems.map(
    ({ seq, mechanism, detail }) =>
      `  ${seq === null ? 'whole log' : `entry ${seq}`}: ${mechanism}: ${detail}`,
  );
  return [`FAILED: ${problemCount} problems in ${what}`, ...lines, describeAnchors(report), ''].join('\n');
}

/** Whose word the verdict rests on besides the server's own. */
function describeAnchors({ anchors, quorum }: Report): string {
  if (anchors.length === 0)
    return 'No anchor was compared: only this server vouches that the log was not rewritten. Hold an export against a checkpoint you kept, or see docs/ledger.md to configure anchors.';
  const lines = anchors.map(
    ({ anchor, domain, size, agrees }) =>
      `  ${anchor} (${domain}): ${size === null ? 'has no checkpoint, or did not answer' : `${agrees ? 'agrees' : 'DISAGREES'} at ${size} entries`}`,
  );
  const counted = `Quorum: ${quorum.agreeing} of ${quorum.of} anchors agree, in ${quorum.domains.length} trust domains.`;
  return [counted, ...lines].join('\n');
}

/** Counts domains, not anchors: ten of one owner are one. */
function hasQuorum(report: Report, quorum = '0'): boolean {
  if (!/^\d+$/.test(quorum)) throw new Error('--quorum is a whole number of trust domains');
  const isMet = report.quorum.domains.length >= Number(quorum);
  if (!isMet) process.stdout.write(`FAILED: you ask for ${quorum} trust domains that agree.\n`);
  return isMet;
}
