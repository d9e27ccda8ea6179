import { type JiraStandIn, startJira } from '../../test/harness/jira.js';

/** What the things to try are asked for. */
const OPEN = ['INC-1', 'INC-2', 'INC-3', 'FIN-7', 'OPS-4', 'SUP-9'];

/** A Jira with the tickets that the demo names, all of them open. */
export async function startTickets(): Promise<JiraStandIn> {
  const jira = await startJira();
  for (const ticket of OPEN) jira.issues.set(ticket, 'indeterminate');
  return jira;
}
