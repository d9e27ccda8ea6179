import { DatabaseError } from 'pg';
import { expect, it } from 'vitest';
import { CountersignError } from './core/errors.js';
import { loggedError } from './logged-error.js';

function postgresError(): DatabaseError {
  const error = new DatabaseError('invalid input for "a reason with a secret"', 1, 'error');
  return Object.assign(error, {
    code: '23505',
    routine: '_bt_check_unique',
    detail: 'Key (reason)=(secret)',
  });
}

it('of a database error the log has the code and the routine, and none of the data', () => {
  expect(loggedError(postgresError())).toEqual({
    type: 'DatabaseError',
    code: '23505',
    routine: '_bt_check_unique',
  });
});

it('nor where another error was caused by it', () => {
  const error = new CountersignError('directory_unreachable', 'Try again.', { cause: postgresError() });
  const logged = loggedError(error);
  expect(logged).toMatchObject({
    message: 'Try again.',
    code: 'directory_unreachable',
    cause: { code: '23505' },
  });
  expect(JSON.stringify(logged)).not.toContain('secret');
});

it("Prisma's messages quote arguments: they stay out", () => {
  const error = Object.assign(new Error('Invalid invocation: { reason: "secret" }'), {
    name: 'PrismaClientKnownRequestError',
    code: 'P2002',
  });
  expect(JSON.stringify(loggedError(error))).toBe('{"type":"PrismaClientKnownRequestError","code":"P2002"}');
});

it('what is no error tells nothing but its kind, and a chain of causes has an end', () => {
  expect(loggedError('secret')).toEqual({ type: 'string' });
  const loop = new Error('round');
  loop.cause = loop;
  expect(JSON.stringify(loggedError(loop)).match(/"message":"round"/g)).toHaveLength(5);
});
