import { z } from 'zod';
import type { ChangeFault } from '../../core/change.js';
import { CountersignError } from '../../core/errors.js';

/** What stopped a reading. Caught where the reading began; a caller sees the fault alone. */
export class ReadFault extends CountersignError<ChangeFault> {
  constructor(fault: ChangeFault, detail: string) {
    super(fault, 'GitHub gave no whole answer.', { detail });
  }
}

export interface Rest {
  get<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>>;
  /** Every page, in order, by the `Link` header. */
  pages<S extends z.ZodType>(path: string, schema: S): AsyncGenerator<z.output<S>>;
  /** All items of all pages. Throws `cut_short` beyond `most`: a list that is not whole proves nothing. */
  all<S extends z.ZodType>(path: string, item: S, most: number): Promise<z.output<S>[]>;
}

const RETRIES = 1;

/** GETs of GitHub's REST API below `url`. Throws a ReadFault, whatever goes wrong. */
export function githubRest(options: { url: string; token: string; signal: AbortSignal }): Rest {
  const base = options.url.replace(/\/+$/, '');
  const rest: Rest = {
    get: async (path, schema) => (await read(base + path, options, schema)).body,
    async *pages(path, schema) {
      for (let next: string | null = base + path; next !== null; ) {
        const page: Page<z.output<typeof schema>> = await read(next, options, schema);
        yield page.body;
        next = page.next;
        // The token goes nowhere but to the API it is for.
        if (next !== null && !next.startsWith(`${base}/`)) throw new ReadFault('unavailable', next);
      }
    },
    async all(path, item, most) {
      const items: z.output<typeof item>[] = [];
      for await (const page of rest.pages(path, z.array(item))) {
        items.push(...page);
        if (items.length > most) throw new ReadFault('cut_short', path);
      }
      return items;
    },
  };
  return rest;
}

interface Page<T> {
  body: T;
  next: string | null;
}

async function read<S extends z.ZodType>(
  url: string,
  options: { token: string; signal: AbortSignal },
  schema: S,
): Promise<Page<z.output<S>>> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await readOnce(url, options, schema);
    } catch (error) {
      const fault = error instanceof ReadFault ? error : new ReadFault('unavailable', String(error));
      if (fault.code !== 'unavailable' || tries === RETRIES || options.signal.aborted) throw fault;
    }
  }
}

async function readOnce<S extends z.ZodType>(
  url: string,
  { token, signal }: { token: string; signal: AbortSignal },
  schema: S,
): Promise<Page<z.output<S>>> {
  const response = await fetch(url, {
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'x-github-api-version': '2022-11-28',
    },
    // A repository that moved is not the one that was named.
    redirect: 'manual',
    signal,
  });
  if (response.status !== 200) {
    await response.body?.cancel();
    const isAbsent = [301, 307, 404, 409, 422].includes(response.status);
    throw new ReadFault(isAbsent ? 'not_found' : 'unavailable', `${response.status} ${url}`);
  }
  const parsed = schema.safeParse(await response.json());
  if (!parsed.success) throw new ReadFault('unavailable', `${url}: ${parsed.error.message}`);
  return { body: parsed.data, next: nextOf(response.headers.get('link')) };
}

const nextOf = (link: string | null): string | null =>
  /<([^>]+)>;[^,]*rel="next"/.exec(link ?? '')?.[1] ?? null;
