import {
  context,
  inlineValue,
  input,
  modal,
  option,
  plainTextInput,
  section,
  staticSelect,
} from '../../blocks/index.js';
import type { PrincipalId } from '../../core/tenant.js';
import { buttonValue } from '../button.js';
import type { VerbContext } from '../define.js';
import { rolesOf } from '../principal-facts.js';
import { usesOut } from './accounts.js';
import { type Justification, RECORD_SEVERITIES, type Review, SEVERITIES } from './schemas.js';

export const MODALS = {
  use: 'break-glass.use',
  justify: 'break-glass.justify',
  review: 'break-glass.review',
  differences: 'break-glass.settle',
} as const;

const MOST_LINES = 20;

/** Systems with emergency accounts that this person's roles reach. Policy decides again when they submit. */
function systemsFor(context: Pick<VerbContext, 'policy'>, by: PrincipalId) {
  const roles = rolesOf(context, by);
  return context.policy.organisation.systems.filter(
    (system) =>
      system.breakGlass !== undefined &&
      [...system.requesterRoles, ...system.approverRoles].some((role) => roles.includes(role)),
  );
}

/** `/break-glass <system> <incident> <what>`: everything filled but the name, which is typed by hand. */
export async function useModal(verbs: VerbContext, by: PrincipalId, text: string) {
  const systems = systemsFor(verbs, by).slice(0, 100);
  if (systems.length === 0)
    return modal({
      callbackId: MODALS.use,
      title: 'Break Glass',
      blocks: [
        section(
          'None of your roles reaches a system with break-glass accounts. Call somebody of its owner team.',
        ),
      ],
    });
  const words = text.trim().split(/\s+/u).filter(Boolean);
  const named = systems.find((system) => system.id === words[0]?.toLowerCase());
  const rest = named === undefined ? words : words.slice(1);
  const [incident = '', ...what] = rest;
  const out = (await usesOut(verbs)).filter((use) =>
    systems.some((system) => system.id === use.details.system),
  );
  return modal({
    callbackId: MODALS.use,
    title: 'Break Glass',
    submit: 'Break Glass',
    blocks: [
      input({
        blockId: 'system',
        label: 'System',
        element: staticSelect({
          actionId: 'system',
          options: systems.map((system) => option(`${system.title} (${system.id})`, system.id)),
          ...(named === undefined ? {} : { initialValue: named.id }),
        }),
      }),
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
        element: plainTextInput({
          actionId: 'what',
          multiline: true,
          maxLength: 2_000,
          initial: what.join(' '),
        }),
      }),
      input({
        blockId: 'confirmation',
        label: 'Type the name of the system',
        hint: 'As it stands in brackets above, so that no other one is opened by mistake.',
        element: plainTextInput({ actionId: 'confirmation', maxLength: 100 }),
      }),
      ...(out.length === 0
        ? []
        : [
            input({
              blockId: 'takeOver',
              label: 'Take over',
              optional: true,
              hint: 'Only where every account is out: ends that use, and its account becomes yours once it is proved clean.',
              element: staticSelect({
                actionId: 'takeOver',
                options: out
                  .slice(0, 100)
                  .map((use) =>
                    option(
                      `#${use.number} ${use.requester} · ${use.details.system} · ${use.details.account}`,
                      use.id,
                    ),
                  ),
              }),
            }),
          ]),
    ],
  });
}

/** The form in place of the credential for whoever owes one, and for amendments. */
export function justifyModal(request: Justification, why: string) {
  const { texts } = request.details;
  return modal({
    callbackId: MODALS.justify,
    title: texts.length === 0 ? 'Justify The Use' : 'Amend',
    submit: 'Submit',
    privateMetadata: buttonValue(request),
    blocks: [
      section(why),
      input({
        blockId: 'text',
        label: texts.length === 0 ? 'Justification' : 'Amendment',
        hint: 'Why it was needed, what you did, what you touched. It stays; later words are added beside it. No secrets.',
        element: plainTextInput({ actionId: 'text', multiline: true, maxLength: 2_000 }),
      }),
    ],
  });
}

export function reviewModal(request: Review) {
  const { record } = request.details;
  const text = (blockId: 'description' | 'impact' | 'remediation' | 'prevention', hint: string) =>
    input({
      blockId,
      label: blockId,
      hint,
      element: plainTextInput({
        actionId: blockId,
        multiline: true,
        maxLength: 2_000,
        initial: record[blockId],
      }),
    });
  return modal({
    callbackId: MODALS.review,
    title: 'Post-Incident Review',
    submit: 'Save',
    privateMetadata: buttonValue(request),
    blocks: [
      input({
        blockId: 'severity',
        label: 'severity',
        element: staticSelect({
          actionId: 'severity',
          options: RECORD_SEVERITIES.map((one) => option(one, one)),
          initialValue: record.severity,
        }),
      }),
      input({
        blockId: 'detectedAt',
        label: 'detected_at',
        hint: 'UTC, like 2026-01-31T09:40Z.',
        element: plainTextInput({ actionId: 'detectedAt', maxLength: 30, initial: record.detectedAt }),
      }),
      text('description', 'What happened.'),
      text('impact', 'What was affected.'),
      text('remediation', 'What was done.'),
      text('prevention', 'How to prevent recurrence.'),
    ],
  });
}

/** One choice a line that is still open. */
export function differencesModal(request: Review) {
  const open = (request.details.drift ?? []).flatMap((line, index) =>
    line.settled === null ? [{ ...line, index }] : [],
  );
  if (open.length === 0)
    return modal({
      callbackId: MODALS.differences,
      title: 'Differences',
      blocks: [
        section(
          request.details.drift === null
            ? 'What stayed behind is known once the rotation is proved.'
            : 'Nothing is open here.',
        ),
      ],
    });
  return modal({
    callbackId: MODALS.differences,
    title: 'Differences',
    submit: 'Settle',
    privateMetadata: buttonValue(request),
    blocks: [
      section('*Accepted*: it is meant to stay. *Undone*: you took it away at the target.'),
      ...open.slice(0, MOST_LINES).flatMap(({ change, line, index }) => [
        section(`${change === 'added' ? 'New' : 'Gone'}: ${inlineValue(line, 600)}`),
        input({
          blockId: `line-${index}`,
          label: 'Verdict',
          optional: true,
          element: staticSelect({
            actionId: 'verdict',
            options: [option('Accepted', 'accepted'), option('Undone', 'undone')],
          }),
        }),
      ]),
      ...(open.length > MOST_LINES ? [context(`${open.length - MOST_LINES} more come next.`)] : []),
    ],
  });
}
