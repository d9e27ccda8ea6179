import { actions, section } from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { HomeItem, Names, VerbContext } from '../define.js';
import { withPower } from './facts.js';
import { justificationButton, standInBlocks, standInButton } from './justification-view.js';
import { justificationLine, reviewLine, useLine } from './open-lines.js';
import type { Justification, Review, Use } from './schemas.js';
import { openLoops } from './status.js';
import { endButton, showButton } from './use-view.js';

/** Open uses with their ends, and what is owed; those who watch see everybody's among what waits for them. */
export async function home(
  context: VerbContext,
  person: PrincipalId,
  names: Names,
): Promise<readonly HomeItem[]> {
  const { isWatching, uses, justifications, reviews } = await openLoops(context, person);
  const present = await withPower(
    context,
    context.clock.now(),
    justifications.map(({ requester }) => requester),
  );
  return [
    ...uses.map((use) => (use.requester === person ? held(use, names) : watched(use, names))),
    ...justifications.map((one) =>
      one.requester === person
        ? owed(one, names, [justificationButton(one, 'home')])
        : owed(one, names, isWatching && !present.includes(one.requester) ? standingIn(one, names) : []),
    ),
    ...reviews
      .filter((one) => one.details.owner === person || one.state === 'review_overdue')
      .map((one) => toReview(one, names)),
  ];
}

const held = (use: Use, names: Names): HomeItem => ({
  section: 'access',
  at: new Date(use.details.window?.expiresAt ?? use.details.openedAt),
  blocks: [section(useLine(use, names)), ...controls(use, [showButton(use), endButton(use)])],
});

const watched = (use: Use, names: Names): HomeItem => ({
  section: 'waiting',
  at: use.createdAt,
  blocks: [section(useLine(use, names)), ...controls(use, [endButton(use)])],
});

const controls = (use: Use, buttons: ReturnType<typeof endButton>[]) =>
  use.state === 'open' ? [actions(`break-glass-home-${use.id}-${use.version}`, buttons)] : [];

const owed = (one: Justification, names: Names, controls: HomeItem['blocks']): HomeItem => ({
  section: 'waiting',
  at: one.createdAt,
  blocks: [section(justificationLine(one, names)), ...controls],
});

/** Only of somebody who is gone, and late, does anybody else write. */
const standingIn = (one: Justification, names: Names): HomeItem['blocks'] =>
  one.state === 'justification_overdue'
    ? [...standInBlocks(one, names, 'home'), standInButton(one, 'home')]
    : [];

const toReview = (one: Review, names: Names): HomeItem => ({
  section: 'waiting',
  at: one.createdAt,
  blocks: [section(reviewLine(one, names))],
});
