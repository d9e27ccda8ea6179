/** `#12` or `12`, as requests are numbered; null for anything else. */
export function parseNumber(text: string): number | null {
  const digits = /^#?(\d{1,9})$/u.exec(text.trim())?.[1];
  return digits === undefined ? null : Number(digits);
}
