import type { KnownBlock } from '@slack/types';
import { context, divider, header, homeView, section } from '../../../blocks/index.js';
import type { HomeItem } from '../../../capabilities/index.js';

type Section = HomeItem['section'];

/** Slack takes 100 blocks; what is left over each section's own two and the dividers is the items'. */
const FOR_ITEMS = 92;

/** What each section may count on, however long the others are. */
const SHARE: Record<Section, number> = { waiting: 40, access: 36, history: 16 };

const ORDER: readonly Section[] = ['waiting', 'access', 'history'];

const HEADINGS: Record<Section, string> = {
  waiting: 'Waiting for You',
  access: 'Your Access',
  history: 'History',
};

const EMPTY: Record<Section, string> = {
  waiting: 'Nothing waits for you. Requests you may decide appear here, with their buttons.',
  access: 'You hold no access right now. Type `/elevate` in any channel to ask for some.',
  history: 'Nothing yet. What you asked for stays here once it is over.',
};

/** What stands below a section: how many it has no room for, and where they are. A Home never reads the whole history. */
const BELOW: Record<Section, (more: number) => string | null> = {
  waiting: (more) => (more > 0 ? `and ${more} more: they come up here as these are decided.` : null),
  access: (more) => (more > 0 ? `and ${more} more: \`/elevate mine\` lists them.` : null),
  history: (more) =>
    `${more > 0 ? `and ${more} more. ` : ''}\`/elevate status list\` lists all you asked for or had.`,
};

/** Longest waiting first, soonest ended first, newest past first. */
const SORT: Record<Section, (a: HomeItem, b: HomeItem) => number> = {
  waiting: (a, b) => a.at.getTime() - b.at.getTime(),
  access: (a, b) => a.at.getTime() - b.at.getTime(),
  history: (a, b) => b.at.getTime() - a.at.getTime(),
};

/** One person's App Home. `incomplete`: some of it could not be had, which is said rather than left out. */
export function assembleHome(items: readonly HomeItem[], incomplete = false) {
  const lists = ORDER.map((name) => items.filter((item) => item.section === name).sort(SORT[name]));
  const blocks: KnownBlock[] = incomplete
    ? [section('Some of this could not be read just now. Open this page again in a minute.')]
    : [];
  let room = FOR_ITEMS - blocks.length;
  for (const [at, name] of ORDER.entries()) {
    const later = ORDER.slice(at + 1).map((one, next) =>
      Math.min(SHARE[one], sizeOf(lists[at + 1 + next] ?? [])),
    );
    const shown = fitting(lists[at] ?? [], room - later.reduce((sum, size) => sum + size, 0));
    room -= sizeOf(shown);
    const more = (lists[at]?.length ?? 0) - shown.length;
    blocks.push(...(at > 0 ? [divider()] : []), header(HEADINGS[name]));
    blocks.push(...shown.flatMap((item) => item.blocks));
    const below = shown.length + more === 0 ? EMPTY[name] : BELOW[name](more);
    if (below !== null) blocks.push(context(below));
  }
  return homeView('home', blocks.map(ownId));
}

const sizeOf = (items: readonly HomeItem[]): number =>
  items.reduce((sum, item) => sum + item.blocks.length, 0);

/** As many from the front as fit, whole. */
function fitting(items: readonly HomeItem[], room: number): HomeItem[] {
  let used = 0;
  return items.filter((item) => {
    used += item.blocks.length;
    return used <= room;
  });
}

/** Two capabilities may name a block alike; Slack would refuse the whole view. */
const ownId = (block: KnownBlock, place: number): KnownBlock =>
  block.block_id === undefined ? block : { ...block, block_id: `${place}~${block.block_id}`.slice(0, 255) };
