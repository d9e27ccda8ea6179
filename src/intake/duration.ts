const UNITS: Record<string, number> = {
  m: 1,
  min: 1,
  mins: 1,
  minute: 1,
  minutes: 1,
  h: 60,
  hr: 60,
  hrs: 60,
  hour: 60,
  hours: 60,
  d: 1_440,
  day: 1_440,
  days: 1_440,
  w: 10_080,
  week: 10_080,
  weeks: 10_080,
};

/** `45`, `45m`, `2h`, `1h30m`, `1d` → whole minutes; null for anything else. A bare number is minutes. */
export function parseDuration(text: string): number | null {
  if (/^\d{1,6}$/u.test(text)) return Number(text) > 0 ? Number(text) : null;
  if (!/^(?:\d{1,5}[a-z]+)+$/iu.test(text)) return null;
  let minutes = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)([a-z]+)/giu)) {
    const factor = UNITS[unit?.toLowerCase() ?? ''];
    if (factor === undefined) return null;
    minutes += Number(amount) * factor;
  }
  return minutes > 0 ? minutes : null;
}
