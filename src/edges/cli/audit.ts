import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { openLogProof } from '../../core/checkpoint.js';
import { leafHash } from '../../core/merkle.js';
import { parseVerifierKey } from '../../core/note.js';
import { ask, type Server } from './server.js';
import { type VerifyArguments, verify } from './verify.js';

const Proven = z.object({ seq: z.number(), entry: z.base64(), proof: z.string() });

const Replayed = z.object({
  ok: z.boolean(),
  events: z.array(
    z.object({
      seq: z.number(),
      at: z.string(),
      type: z.string(),
      decision: z.object({ effect: z.string() }).nullable(),
      verdict: z.string(),
    }),
  ),
});

/** `countersign audit …`: asks the server over HTTP, holds no database access. Exit 0 when it verifies, else 1. */
export function auditCommand(): Command {
  const audit = new Command('audit').description('read and verify the ledger');
  withServer(audit.command('verify'))
    .description('have the server recompute the ledger, or a range of it, from its stored bytes')
    .option('--chain', 'entries, chain, tree and anchors only, not what lies beside: for logs of millions')
    .option('--from <seq>', 'the first entry to verify; what lies before it comes from the tiles')
    .option('--to <seq>', 'the entry to stop before')
    .option('--quorum <n>', 'fail unless anchors in so many trust domains agree')
    .action((options: VerifyArguments) => run('The ledger could not be verified', () => verify(options)));
  withServer(audit.command('prove <seq>'))
    .description('prove here, under your own copy of the key, that an entry is in the log')
    .requiredOption('--key <vkey>', 'the verifier key you were given when you were introduced to the log')
    .action((seq: string, options: Server & { key: string }) =>
      run('The entry is not proved', () => prove(seq, options)),
    );
  withServer(audit.command('export'))
    .description('save the whole ledger for scripts/verify-ledger.mjs')
    .requiredOption('--out <file>', 'where to write it')
    .action((options: Server & { out: string }) =>
      run('The ledger could not be exported', () => save(options)),
    );
  withServer(audit.command('replay <request>'))
    .description('have the rules that were in force decide again on the inputs they were given')
    .action((request: string, options: Server) =>
      run('The request could not be replayed', () => replay(request, options)),
    );
  return audit;
}

const withServer = (command: Command): Command =>
  command
    .requiredOption('--http <url>', 'where the server is, e.g. http://127.0.0.1:3000')
    .requiredOption('--token <token>', "an auditor's token");

async function run(failure: string, work: () => Promise<0 | 1>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    process.stderr.write(`${failure}: ${error instanceof Error ? error.message : 'unknown failure'}\n`);
    process.exitCode = 1;
  }
}

async function prove(seq: string, server: Server & { key: string }): Promise<0 | 1> {
  const key = parseVerifierKey(server.key);
  const proven = Proven.parse(await (await ask(server, `/v1/audit/prove/${encodeURIComponent(seq)}`)).json());
  const leaf = leafHash(Buffer.from(proven.entry, 'base64'));
  const { index, size, origin } = openLogProof(proven.proof, leaf, { origin: key.name, keys: [key] });
  if (String(index) !== seq) throw new Error(`the server proved entry ${index} instead`);
  process.stdout.write(`OK: entry ${index} is in ${origin} at size ${size}.\n${proven.proof}`);
  return 0;
}

async function save(server: Server & { out: string }): Promise<0 | 1> {
  const { body } = await ask(server, '/v1/audit/export');
  if (!body) throw new Error('the server answered nothing');
  await pipeline(Readable.fromWeb(body), createWriteStream(server.out, { mode: 0o600 }));
  process.stdout.write(
    `Saved ${server.out}. Verify it: node scripts/verify-ledger.mjs --export ${server.out} --key <vkey>\n`,
  );
  return 0;
}

async function replay(request: string, server: Server): Promise<0 | 1> {
  const answer = await ask(server, `/v1/audit/replay/${encodeURIComponent(request)}`);
  const { ok, events } = Replayed.parse(await answer.json());
  for (const { seq, at, type, decision, verdict } of events)
    process.stdout.write(`${seq}  ${at}  ${type}  ${decision?.effect ?? '-'}  ${verdict}\n`);
  process.stdout.write(ok ? 'OK: the rules answer as they did.\n' : 'FAILED: the rules answer otherwise.\n');
  return ok ? 0 : 1;
}
