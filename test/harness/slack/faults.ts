import { z } from 'zod';

/**
 * What goes wrong with the next `times` calls of `method` (`*` is any). `error` answers `{ok:false, error}`, `status`
 * an HTTP status, `destroy` cuts the connection: `before` the call has an effect, or `after`, so that only the answer
 * is lost. `delayMs` comes first and may stand alone. The method `view_submission` loses the app's answer to one.
 */
export const Fault = z.object({
  method: z.string(),
  /** Only calls about this account. */
  user: z.string().exactOptional(),
  times: z.number().int().positive().default(1),
  when: z.enum(['before', 'after']).default('before'),
  delayMs: z.number().nonnegative().default(0),
  error: z.string().exactOptional(),
  status: z.number().int().exactOptional(),
  retryAfterSeconds: z.number().int().exactOptional(),
  destroy: z.boolean().default(false),
});
export type Fault = z.infer<typeof Fault>;

export type Faults = {
  add(fault: z.input<typeof Fault>): void;
  clear(): void;
  /** The fault this call meets, if any; counts it. */
  next(method: string, user?: unknown): Fault | undefined;
};

export function createFaults(): Faults {
  let armed: (Fault & { left: number })[] = [];
  return {
    add(fault) {
      const parsed = Fault.parse(fault);
      armed.push({ ...parsed, left: parsed.times });
    },
    clear() {
      armed = [];
    },
    next(method, user) {
      const fault = armed.find(
        (each) =>
          each.left > 0 &&
          (each.method === method || (each.method === '*' && method.includes('.'))) &&
          (each.user === undefined || each.user === user),
      );
      if (fault) fault.left -= 1;
      return fault;
    },
  };
}
