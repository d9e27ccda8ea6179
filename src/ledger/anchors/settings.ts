import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { CountersignError } from '../../core/errors.js';
import type { TreeHead } from '../../core/merkle.js';
import { parseVerifierKey, type VerifierKey, verifierKeyOf } from '../../core/note.js';
import type { CheckpointKeys } from '../checkpoint-keys.js';
import type { Anchor } from './anchor.js';
import { channelAnchor } from './channel.js';
import { fileAnchor } from './file.js';
import { readAnchors } from './start.js';
import { witnessAnchor } from './witness.js';

const Domain = z.string().min(1).max(80);

/** `anchors.json`: where checkpoints go outside the database, and whom each place belongs to. Paths are relative to it. */
const Settings = z.strictObject({
  /** The log's verifier keys as the operator wrote them down; without them those in the database are believed. */
  logKeys: z.array(z.string()).exactOptional(),
  file: z.strictObject({ path: z.string().min(1), domain: Domain }).exactOptional(),
  channel: z.strictObject({ id: z.string().min(1), domain: Domain }).exactOptional(),
  witnesses: z.array(z.strictObject({ url: z.url(), vkey: z.string().min(1), domain: Domain })).default([]),
});

export interface AnchorTools {
  keysOf: (origin: string) => Promise<readonly VerifierKey[]>;
  /** Posts to, and reads back from, a chat channel by its id. */
  post: (channel: string, text: string) => Promise<void>;
  history: (channel: string) => Promise<readonly string[]>;
}

/** Throws `anchors_invalid` with the field that is wrong. */
export async function readAnchorSettings(path: string, tools: AnchorTools): Promise<Anchor[]> {
  const parsed = Settings.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (!parsed.success)
    throw new CountersignError('anchors_invalid', `${path}: ${z.prettifyError(parsed.error)}`);
  const { logKeys, file, channel, witnesses } = parsed.data;
  const { post, history } = tools;
  const pinned = logKeys?.map(parseVerifierKey);
  const keysOf = async (origin: string) =>
    pinned?.filter((key) => key.name === origin) ?? tools.keysOf(origin);
  return [
    ...(file ? [fileAnchor({ path: resolve(dirname(path), file.path), domain: file.domain, keysOf })] : []),
    ...(channel
      ? [
          channelAnchor({
            domain: channel.domain,
            post: (text) => post(channel.id, text),
            history: () => history(channel.id),
            keysOf,
          }),
        ]
      : []),
    ...witnesses.map(witnessAnchor),
  ];
}

/** What file and witnesses know of a log, for a sequencer about to go on with it; it has no way to read a channel. */
export async function recallFromAnchors(
  path: string | undefined,
  keys: CheckpointKeys,
): Promise<(origin: string) => Promise<TreeHead[]>> {
  if (path === undefined) return async () => [];
  const anchors = await readAnchorSettings(path, {
    keysOf: async (origin) =>
      keys.signersFor(origin).map((signer) => parseVerifierKey(verifierKeyOf(signer))),
    post: async () => {},
    history: async () => [],
  });
  return async (origin) =>
    (await readAnchors(anchors, origin)).flatMap(({ checkpoint }) => (checkpoint ? [checkpoint] : []));
}
