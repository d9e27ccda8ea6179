import { input, modal, option, plainTextInput, section, staticSelect } from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import type { Organisation } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { rolesOf } from '../principal-facts.js';
import { usesOut } from './accounts.js';
import { MODALS } from './actions.js';
import { SEVERITIES, type Use } from './schemas.js';

type System = Organisation['systems'][number];

/** What Slack lets somebody choose from in one list. */
const MOST_OPTIONS = 100;

/** `/break-glass <system> <incident> <what>`: everything filled but the name, which is typed by hand. */
export async function useModal(context: VerbContext, by: PrincipalId, text: string) {
  const systems = systemsFor(context, by).slice(0, MOST_OPTIONS);
  if (systems.length === 0) return nothingOffered();
  const words = text.trim().split(/\s+/u).filter(Boolean);
  const named = systems.find((system) => system.id === words[0]?.toLowerCase());
  const [incident = '', ...what] = named === undefined ? words : words.slice(1);
  const out = (await usesOut(context)).filter((use) =>
    systems.some((system) => system.id === use.details.system),
  );
  return modal({
    callbackId: MODALS.use,
    title: 'Break Glass',
    submit: 'Break Glass',
    blocks: [
      systemInput(systems, named),
      ...emergencyInputs(incident, what.join(' ')),
      confirmationInput,
      ...(out.length === 0 ? [] : [takeOverInput(out)]),
    ],
  });
}

/** Systems with emergency accounts that this person's roles reach. Policy decides again when they submit. */
function systemsFor(context: VerbContext, by: PrincipalId): System[] {
  const roles = rolesOf(context, by);
  return context.policy.organisation.systems.filter(
    (system) =>
      system.breakGlass !== undefined &&
      [...system.requesterRoles, ...system.approverRoles].some((role) => roles.includes(role)),
  );
}

const nothingOffered = () =>
  modal({
    callbackId: MODALS.use,
    title: 'Break Glass',
    blocks: [
      section(
        'None of your roles reaches a system with break-glass accounts. Call somebody of its owner team.',
      ),
    ],
  });

const systemInput = (systems: readonly System[], named: System | undefined) =>
  input({
    blockId: 'system',
    label: 'System',
    element: staticSelect({
      actionId: 'system',
      options: systems.map((system) => option(`${system.title} (${system.id})`, system.id)),
      ...(named === undefined ? {} : { initialValue: named.id }),
    }),
  });

const emergencyInputs = (incident: string, what: string) => [
  input({
    blockId: 'incident',
    label: 'Incident',
    hint: 'Its number or name. An active SEV-1 on this system opens the whole window; your word alone a shorter one.',
    element: plainTextInput({ actionId: 'incident', maxLength: 100, initial: incident.slice(0, 100) }),
  }),
  input({
    blockId: 'severity',
    label: 'Severity',
    element: staticSelect({
      actionId: 'severity',
      options: SEVERITIES.map((one) => option(one.toUpperCase(), one)),
      initialValue: 'sev-1',
    }),
  }),
  input({
    blockId: 'what',
    label: 'What is burning',
    hint: 'Codex-HPS reads this at once. At least 10 characters, no secrets.',
    element: plainTextInput({ actionId: 'what', multiline: true, maxLength: 2_000, initial: what }),
  }),
];

const confirmationInput = input({
  blockId: 'confirmation',
  label: 'Type the name of the system',
  hint: 'As it stands in brackets above, so that no other one is opened by mistake.',
  element: plainTextInput({ actionId: 'confirmation', maxLength: 100 }),
});

const takeOverInput = (out: readonly Use[]) =>
  input({
    blockId: 'takeOver',
    label: 'Take over',
    optional: true,
    hint: 'Only where every account is out: ends that use, and its account becomes yours once it is proved clean.',
    element: staticSelect({
      actionId: 'takeOver',
      options: out
        .slice(0, MOST_OPTIONS)
        .map(({ id, number, requester, details }) =>
          option(`#${number} ${requester} · ${details.system} · ${details.account}`, id),
        ),
    }),
  });
