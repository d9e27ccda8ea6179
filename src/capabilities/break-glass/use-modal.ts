import {
  input,
  modal,
  option,
  plainTextInput,
  section,
  selectAmong,
  staticSelect,
} from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import { SEVERITIES } from '../../policy/index.js';
import type { VerbContext } from '../define.js';
import { FORM, MODALS } from './actions.js';
import { systemChoices, takeOverChoices } from './offer.js';
import type { UseInput } from './schemas.js';

type Choices = ReturnType<typeof systemChoices>;

/** What stands in the form already. */
interface Filled {
  system: string | undefined;
  incident: string;
  severity?: UseInput['severity'];
  what: string;
  confirmation?: string;
}

/** `/break-glass <system> <incident> <what>`: everything filled but the name, which is typed by hand. */
export async function useModal(context: VerbContext, by: PrincipalId, text: string) {
  const systems = systemChoices(context, by);
  if (systems.length === 0) return nothingOffered();
  const words = text.trim().split(/\s+/u).filter(Boolean);
  const system = systems.find(({ value }) => value === words[0]?.toLowerCase())?.value;
  const [incident = '', ...what] = system === undefined ? words : words.slice(1);
  return formOf(context, by, { system, incident, what: what.join(' ') });
}

/** The form as they filled it, with the uses that can be taken over by now, and why it is shown again. */
export const useModalAgain = (context: VerbContext, by: PrincipalId, asked: UseInput, why: string) =>
  formOf(context, by, asked, why);

async function formOf(context: VerbContext, by: PrincipalId, filled: Filled, why?: string) {
  const out = await takeOverChoices(context, by);
  return modal({
    callbackId: MODALS.use,
    title: 'Break Glass',
    submit: 'Break Glass',
    blocks: [
      ...(why === undefined ? [] : [section(why)]),
      systemInput(systemChoices(context, by), filled.system),
      ...emergencyInputs(filled),
      confirmationInput(filled.confirmation ?? ''),
      ...(out.length === 0 ? [] : [takeOverInput(out)]),
    ],
  });
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

const systemInput = (systems: Choices, named: string | undefined) =>
  input({
    blockId: 'system',
    label: 'System',
    ...(systems.length > 100 && { hint: `Type to search all ${systems.length} you may open.` }),
    element: selectAmong({
      actionId: FORM.system,
      options: systems.map(({ text, value }) => option(text, value)),
      ...(named !== undefined && { initialValue: named }),
    }),
  });

const emergencyInputs = ({ incident, severity = 'sev-1', what }: Filled) => [
  input({
    blockId: 'incident',
    label: 'Incident',
    hint: 'Its number or name. An active SEV-1 on this system opens the whole window; your word alone a shorter one.',
    element: plainTextInput({ actionId: 'incident', maxLength: 100, initial: incident.slice(0, 100) }),
  }),
  input({
    blockId: 'severity',
    label: 'Severity',
    hint: 'Your word alone counts for SEV-1, unless this system says otherwise.',
    element: staticSelect({
      actionId: 'severity',
      options: SEVERITIES.map((one) => option(one.toUpperCase(), one)),
      initialValue: severity,
    }),
  }),
  input({
    blockId: 'what',
    label: 'What is burning',
    hint: 'Codex-HPS reads this at once. At least 10 characters, no secrets.',
    element: plainTextInput({ actionId: 'what', multiline: true, maxLength: 2_000, initial: what }),
  }),
];

const confirmationInput = (typed: string) =>
  input({
    blockId: 'confirmation',
    label: 'Type the name of the system',
    hint: 'As it stands in brackets above, so that no other one is opened by mistake.',
    element: plainTextInput({ actionId: 'confirmation', maxLength: 100, initial: typed }),
  });

const takeOverInput = (out: Choices) =>
  input({
    blockId: 'takeOver',
    label: 'Take over',
    optional: true,
    hint: 'Only where every account is out: ends that use, and its account becomes yours once it is proved clean.',
    element: selectAmong({
      actionId: FORM.takeOver,
      options: out.map(({ text, value }) => option(text, value)),
    }),
  });
