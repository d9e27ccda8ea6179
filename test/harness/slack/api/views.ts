import type { Parts } from '../parts.js';
import { problemLine } from '../violations.js';
import { type Call, type CallAnswer, failure } from './call.js';

/** `views.open`, `push`, `update` and `publish`, wholly answered here: the stand-in has one stack for everybody. */
export function answerViewCall(parts: Parts, { method, args }: Call): CallAnswer {
  const { views } = parts;
  const problems = args['view'] === undefined ? [] : parts.violations.check(method, { view: args['view'] });
  if (problems.length > 0) {
    return failure('invalid_arguments', { response_metadata: { messages: problems.map(problemLine) } });
  }
  switch (method) {
    case 'views.open':
    case 'views.push': {
      const trigger = parts.triggers.take(args['trigger_id']);
      if (!trigger.ok) return failure(trigger.error);
      return answered(
        method === 'views.open'
          ? views.open(trigger.user, args['view'])
          : views.push(trigger.user, args['view']),
      );
    }
    case 'views.update':
      return answered(views.update(args, args['view']));
    case 'views.publish': {
      const user = String(args['user_id'] ?? '');
      if (!parts.mirror.users().some((each) => each.id === user)) return failure('user_not_found');
      return answered(views.publish(user, args['hash'], args['view']));
    }
    default:
      return failure('unknown_method');
  }
}

const answered = (result: ReturnType<Parts['views']['open']>): CallAnswer =>
  result.ok ? { body: { ok: true, view: result.view } } : failure(result.error);
