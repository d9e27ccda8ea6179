import type { Fault, FaultCode } from './faults.js';

/** Something read, and where each part of it stands. */
export interface Placed<T> {
  value: T;
  file: string;
  line(path: readonly PropertyKey[]): number;
}

export function fault<T>(
  at: Placed<T>,
  code: FaultCode,
  path: readonly PropertyKey[],
  message: string,
): Fault {
  return { code, file: at.file, line: at.line(path), message };
}

/** Each entry whose key an earlier one has, with that one. */
export function doubles<T extends { key: string }>(list: readonly T[]): (T & { first: T })[] {
  const firsts = new Map<string, T>();
  return list.flatMap((item) => {
    const first = firsts.get(item.key);
    if (first === undefined) firsts.set(item.key, item);
    return first === undefined ? [] : [{ ...item, first }];
  });
}
