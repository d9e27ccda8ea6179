import { capabilities } from '../../src/capabilities/index.js';
import { DEPLOYED } from './code.js';
import type { House } from './house.js';
import { BURNING } from './pagerduty.js';
import { DATABASE } from './target.js';
import { CHANNELS } from './workspace.js';

/** What there is to try, for a script. */
export const TRY = {
  requester: 'alice',
  approver: 'bob',
  system: 'orders-db',
  scope: 'read-orders',
  allowedSql: 'SELECT count(*) FROM shop.orders',
  deniedSql: 'DELETE FROM shop.orders',
  destructive: { requester: 'alice', approvers: ['bob', 'cat'], system: 'orders-db', scope: 'purge-orders' },
  /** The other kinds of system. */
  more: [
    { requester: 'alice', approver: 'bob', system: 'support-console', scope: 'answer-tickets' },
    { requester: 'alice', approver: 'bob', system: 'billing', scope: 'change-prices' },
  ],
  /** Customer data: never for contractors, and a second approver for what cannot be undone. */
  customerData: {
    requester: 'alice',
    approvers: ['bob', 'hana'],
    neverFor: 'grace',
    system: 'customer-db',
    scope: 'erase-customers',
  },
  /** Whoever wrote what is deployed does not approve its deployment. */
  deployment: {
    requester: 'alice',
    author: DEPLOYED.author,
    approver: DEPLOYED.approver,
    system: 'deploy-pipeline',
    scope: 'deploy-caption-studio',
    change: `${DEPLOYED.repository}@main`,
  },
  breakGlass: { user: 'alice', system: 'orders-db', incident: BURNING.id },
};

/** What a script needs to drive the house; one line of JSON. */
export function readyLine(house: House): string {
  const { organisation } = house.files;
  const people = organisation.people.filter(
    (person) => person.active && person.identities.slack !== undefined,
  );
  const target = new URL(house.target.url);
  const { app, worker, sequencer, doer } = house.processes;
  return JSON.stringify({
    ready: true,
    slack: house.workspace.proxy.url,
    slackApi: house.workspace.proxy.apiUrl,
    http: house.httpUrl,
    tenant: house.tenant,
    ledger: `${house.httpUrl}/ledger/${house.tenant}`,
    commands: capabilities.flatMap((capability) => capability.slack.commands.map((command) => command.name)),
    people: Object.fromEntries(
      people.map((person) => [person.id, { slackId: person.identities.slack?.[0], roles: person.roles }]),
    ),
    channels: CHANNELS,
    database: { url: house.ours.url },
    target: {
      host: target.hostname,
      port: Number(target.port),
      database: DATABASE,
      adminUrl: house.target.url,
    },
    try: TRY,
    vendors: house.vendors && { okta: house.vendors.okta.operator, github: house.vendors.github.operator },
    pager: house.pager.origin,
    tickets: `${house.tickets.url}/browse`,
    witness: { url: house.witness.url, vkey: house.witness.vkey },
    tokens: { auditor: house.secrets.auditorToken },
    pids: { app: app.pid, worker: worker.pid, sequencer: sequencer.pid, doer: doer.pid },
  });
}

/** What a person needs. */
export function welcome(house: House, dataDir: string): string {
  return `
Countersign is running.

  Slack      ${house.workspace.proxy.url}   ("Act as" at the top chooses who you are)
  HTTP       ${house.httpUrl}/v1/policy
  Pager      ${house.pager.origin}   (what was alerted outside Slack)
  Tickets    ${house.tickets.url}/browse   (a ticket tracker, emulated here)
  Logs       ${dataDir}/logs

Things to try:
  1. Act as Alice and type in #requests:
     /elevate ${TRY.system} ${TRY.scope} 15m INC-1 orders stuck since 09:40
     Press Submit. Act as Bob and press Approve.
  2. Act as Alice again, press Show Credential, and log in from another terminal:
     npm run -s sql -- '<the postgresql:// address>'     (or psql)
     Try   ${TRY.allowedSql};   and   ${TRY.deniedSql};
     Leave the session open, press End Now in Slack, and see it die.
  3. Verify the whole log yourself:
     npm run -s countersign -- audit verify --http ${house.httpUrl} --token ${house.secrets.auditorToken}
  4. The same with other kinds of system: an Okta group and a GitHub team, both emulated here.
     /elevate support-console answer-tickets 15m INC-2 refund question in the queue
     /elevate billing change-prices 15m FIN-7 correct the price of the caption pack
  5. What cannot be undone takes two: /elevate orders-db purge-orders 15m INC-3 remove the test orders
     Bob approves, then Cat.
  6. Nobody approves the deployment of their own change. Act as Alice:
     /elevate ${TRY.deployment.system} ${TRY.deployment.scope} ${TRY.deployment.change} 15m OPS-4 ship the captions
     Bob wrote what came since the last deployment: his Approve is refused. Cat's is not.
  7. Customer data is not even offered to contractors, of whom Grace is one. Act as Alice:
     /elevate customer-db read-customers 15m SUP-9 the customer asks what we store     one yes by day, two by night
     /elevate customer-content read-captions 15m SUP-9 the customer reports a caption  always two, Bob and Hana
     The second wants a ticket that is open: SUP-404 is refused. Access ends within ten minutes of its ticket:
     curl -X PUT '${house.tickets.url}/browse/SUP-9?status=done'
  8. In stages: /elevate orders-db export-orders 15m INC-3 hand the orders to the new system
     Bob or Cat first, then Dan or Hana. On any card: Shorten, Ask for More, Deny with a reason.
  9. Your own: /elevate help, mine and status <number>, and your App Home. As Bob: /away 4h
 10. A stolen laptop. As Dan: /freeze @alice her laptop was stolen   and   /recall @alice since 3d
     It takes two to lift it, Dan and Hana: /freeze lift @alice

In a thread, right-click a message to ask for access: the local Slack has no menu there. Your Home is under Apps.

There is a SEV-1 on the orders database. Act as Alice:  /break-glass orders-db ${BURNING.id} orders are stuck
The alert is in #codex-hps, and at the pager, before the credential is in your form.

Ctrl-C stops everything; the next start goes on where this one ended (--fresh starts over).
`;
}
