import { z } from 'zod';
import { CommitSha } from '../../core/change.js';
import { type Authors, Owner } from './authors.js';
import { ReadFault, type Rest } from './rest.js';

const Activity = z.object({ after: CommitSha, actor: Owner });
type Activity = z.output<typeof Activity>;

const MOST_ACTIVITIES = 1_000;

interface Pushed {
  at: string;
  head: string;
  since: string | null;
  known: ReadonlySet<string>;
  branches: readonly { ref: string; sha: string; repo: { full_name: string } | null }[];
}

/**
 * Whoever pushed or merged what is deployed. Names in a commit are whatever its writer typed; who pushed it, GitHub knows.
 * A commit that nobody is on record for having pushed, itself or at the head of its pull request, has an unknown author.
 */
export async function addPushers(rest: Rest, pushed: Pushed, authors: Authors): Promise<void> {
  const { at, head, since, known } = pushed;
  const ends = new Set([head, ...(since === null ? [] : [since])]);
  const lists = [{ path: `${at}/activity?per_page=100`, tip: head, ends }];
  for (const { ref, sha, repo } of pushed.branches) {
    if (repo === null) throw new ReadFault('unknown_author', `the fork of ${ref} is gone`);
    const branch = encodeURIComponent(`refs/heads/${ref}`);
    lists.push({
      path: `/repos/${repo.full_name}/activity?ref=${branch}&per_page=100`,
      tip: sha,
      ends: new Set(),
    });
  }
  for (const { path, tip, ends: until } of lists) {
    const activities = (await untilSeen(rest, path, until)).filter(({ after }) => known.has(after));
    if (!activities.some(({ after }) => after === tip))
      throw new ReadFault('unknown_author', `pusher of ${tip}`);
    for (const { actor, after } of activities) authors.add(actor, `pusher of ${after}`);
  }
}

/** Newest first, until all of `ends` were met; whole where `ends` is empty. */
async function untilSeen(rest: Rest, path: string, ends: ReadonlySet<string>): Promise<Activity[]> {
  const left = new Set(ends);
  const activities: Activity[] = [];
  for await (const page of rest.pages(path, z.array(Activity))) {
    for (const activity of page) {
      activities.push(activity);
      left.delete(activity.after);
      if (ends.size > 0 && left.size === 0) return activities;
    }
    if (activities.length > MOST_ACTIVITIES) throw new ReadFault('cut_short', path);
  }
  return activities;
}
