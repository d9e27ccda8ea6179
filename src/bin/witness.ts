#!/usr/bin/env node
import { argv } from 'node:process';
import { systemClock } from '../core/clock.js';
import { verifierKeyOf } from '../core/note.js';
import { startHttp } from '../edges/http/server.js';
import { witnessRoutes } from '../edges/http/witness.js';
import { createWitness, readWitnessSettings } from '../ledger/index.js';
import { processLog, stopOnSignal } from '../process.js';

/** A witness for a customer's security team: its own machine, key and state. `witness <settings.json>` */
const [, , path] = argv;
if (path === undefined) throw new Error('usage: witness <settings.json>');
const settings = await readWitnessSettings(path, systemClock);
const log = processLog('witness', 'info');
const routes = witnessRoutes(createWitness(settings));
const server = await startHttp({
  mount: (root) => root.route('/', routes),
  host: settings.host,
  port: settings.port,
  log,
});
log.info(
  { port: server.port, vkey: verifierKeyOf(settings.signer), logs: [...settings.logs.keys()] },
  'ready',
);
stopOnSignal(() => server.close());
