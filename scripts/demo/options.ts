import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';

const port = z.coerce.number('a port is a number').int().min(1).max(65_535);

const Options = z
  .object({
    headless: z.boolean().default(false),
    fresh: z.boolean().default(false),
    'slack-port': port.default(3100),
    'http-port': port.default(3000),
    'data-dir': z.string().min(1).default('data/demo'),
    'clock-file': z.string().min(1).optional(),
    'local-slack': z.url('an address such as http://127.0.0.1:3190 is needed').optional(),
  })
  .transform((given) => ({
    headless: given.headless,
    fresh: given.fresh,
    slackPort: given['slack-port'],
    httpPort: given['http-port'],
    dataDir: resolve(given['data-dir']),
    localSlack: given['local-slack'] ?? null,
    clockFile: given['clock-file'] === undefined ? null : resolve(given['clock-file']),
  }))
  .refine(
    (options) => options.clockFile === null || options.headless,
    '--clock-file is for scripts: give --headless too.',
  );
export type DemoOptions = z.infer<typeof Options>;

export const USAGE = `npm run demo -- [options]
  --fresh               forget everything and start over
  --headless            for scripts: one JSON line on stdout when all is ready, logs on stderr
  --slack-port <port>   where Slack opens (3100)
  --http-port <port>    where the HTTP API listens (3000)
  --data-dir <path>     where state is kept (data/demo)
  --local-slack <url>   a local Slack you run yourself, where none comes with our packages
  --clock-file <path>   headless only: a file holding the clock's offset in milliseconds
`;

/** What the command line asks for; throws one sentence with the usage below it. */
export function readOptions(argv: readonly string[]): DemoOptions {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        headless: { type: 'boolean' },
        fresh: { type: 'boolean' },
        'slack-port': { type: 'string' },
        'http-port': { type: 'string' },
        'data-dir': { type: 'string' },
        'clock-file': { type: 'string' },
        'local-slack': { type: 'string' },
      },
    });
    return Options.parse(values);
  } catch (error) {
    const what = error instanceof z.ZodError ? error.issues.map(sentenceOf).join('\n') : messageOf(error);
    throw new Error(`${what}\n\n${USAGE}`);
  }
}

const sentenceOf = ({ path, message }: { path: readonly PropertyKey[]; message: string }): string =>
  path.length > 0 ? `--${path.join('.')}: ${message}.` : message;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
