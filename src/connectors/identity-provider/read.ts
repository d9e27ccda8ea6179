import type { Clock } from '../../core/clock.js';

/** Asks the identity provider whether it is there, by our own eyes. */
export interface IdentityProviderProbe {
  /** Since when it has been away; null while it answers, and while too few looks have said so. */
  downSince(): Date | null;
  stop(): void;
}

export interface ProbeOptions {
  url: string;
  clock: Clock;
  everyMilliseconds: number;
  /** An outage is so many failed looks in a row, not one lost packet. */
  failures: number;
  onChange?: (isDown: boolean) => void;
}

const TIMEOUT_MILLISECONDS = 3_000;

/** Looks for ever until stopped. An answer of any kind but a server's own fault counts as being there. */
export function probeIdentityProvider(options: ProbeOptions): IdentityProviderProbe {
  const { url, clock, everyMilliseconds, failures, onChange } = options;
  let failed = 0;
  let since: Date | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const look = async (): Promise<void> => {
    const startedAt = clock.now();
    const isThere = await answers(url);
    const wasDown = failed >= failures;
    failed = isThere ? 0 : failed + 1;
    since = isThere ? null : (since ?? startedAt);
    if (wasDown !== failed >= failures) onChange?.(failed >= failures);
    if (!isStopped) timer = setTimeout(() => void look(), everyMilliseconds).unref();
  };
  void look();
  return {
    downSince: () => (failed >= failures ? since : null),
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

const answers = (url: string): Promise<boolean> =>
  fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) }).then(
    async (answer) => {
      await answer.body?.cancel();
      return answer.status < 500;
    },
    () => false,
  );
