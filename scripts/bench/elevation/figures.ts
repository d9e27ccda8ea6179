import { execFileSync } from 'node:child_process';
import type { House } from '../../demo/house.js';

/** The value at a share of the samples, e.g. 0.5 for the median; milliseconds here throughout. */
export function at(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((left, right) => left - right);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}

export const showSpread = (label: string, samples: readonly number[]): void =>
  console.log(
    `  ${label.padEnd(58)} p50 ${at(samples, 0.5).toFixed(0).padStart(6)} ms   p95 ${at(samples, 0.95).toFixed(0).padStart(6)} ms   n ${samples.length}`,
  );

export const showRatio = (label: string, value: number, floor: number): void =>
  console.log(`  ${label.padEnd(58)} ${(value / floor).toFixed(2).padStart(10)}`);

/** Resident memory of each of our processes, in MiB. */
export function showMemory(when: string, { processes }: House): void {
  const sizes = Object.entries(processes).map(([name, { pid }]) => {
    const kibibytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
    return `${name} ${Math.round(kibibytes / 1024)}`;
  });
  console.log(`  memory ${when}, MiB: ${sizes.join('   ')}`);
}
