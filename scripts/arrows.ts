import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { cruise, type ICruiseResult, type IViolation } from 'dependency-cruiser';
import extractConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';
import { innocent, planted } from '../test/arrows/planted.js';

const root = resolve(import.meta.dirname, '..');
const { forbidden = [], options = {} } = await extractConfig(join(root, '.dependency-cruiser.cjs'));

/** Checks the arrows of src/, then that a planted violation of every rule is seen and nothing innocent is blamed. */
const faults = [...(await checkSource()), ...(await checkPlanted())];
for (const fault of faults) process.stderr.write(`${fault}\n`);
process.stdout.write(
  faults.length === 0
    ? `Arrows: no violation; ${planted.length} planted ones seen.\n`
    : `Arrows: ${faults.length} faults.\n`,
);
process.exitCode = faults.length === 0 ? 0 : 1;

async function checkSource(): Promise<string[]> {
  const { summary } = await cruiseIn(root);
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const ours = files.filter((file) => file.endsWith('.ts') && !file.startsWith(join('store', 'generated')));
  const blind = summary.totalCruised < ours.length;
  return [
    ...new Set(summary.violations.map(describe)),
    ...(blind
      ? [`only ${summary.totalCruised} modules seen of ${ours.length} files: the check is blind`]
      : []),
  ];
}

/** What a process reaches over others is told by the first step that leads there. */
function describe({ rule, from, to, via }: IViolation): string {
  const first = via?.[0]?.name;
  return first === undefined || first === to
    ? `${rule.name}: ${from} → ${to}`
    : `${rule.name}: ${from} → ${first} → …`;
}

async function checkPlanted(): Promise<string[]> {
  // Inside the clone, so that packages resolve as they do for src/.
  const home = mkdtempSync(join(root, 'test/arrows/planted-'));
  try {
    for (const [file, text] of Object.entries(innocent)) write(home, file, text);
    for (const { from, line } of planted) write(home, from, line);
    const seen = (await cruiseIn(home)).summary.violations.map((each) => ({
      rule: each.rule.name,
      from: each.from,
    }));
    const missed = planted.filter(
      (each) => !seen.some((found) => found.rule === each.rule && found.from === each.from),
    );
    const untested = forbidden.filter(({ name }) => !planted.some(({ rule }) => rule === name));
    const blamed = seen.filter(({ from }) => from in innocent && !/circle/.test(from));
    return [
      ...missed.map(({ rule, from }) => `planted and not seen: ${rule} in ${from}`),
      ...untested.map(({ name }) => `no violation of ${name} is planted in test/arrows/planted.ts`),
      ...blamed.map(({ rule, from }) => `innocent and blamed: ${from} by ${rule}`),
    ];
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function cruiseIn(baseDir: string): Promise<ICruiseResult> {
  const { output } = await cruise(['src'], { ...options, ruleSet: { forbidden }, validate: true, baseDir });
  if (typeof output === 'string') throw new TypeError('dependency-cruiser reported text');
  return output;
}

function write(home: string, file: string, text: string): void {
  mkdirSync(dirname(join(home, file)), { recursive: true });
  writeFileSync(join(home, file), `${text}\n`);
}
