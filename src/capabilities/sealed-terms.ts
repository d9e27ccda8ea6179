import type { Button, KnownBlock, ModalView } from '@slack/types';
import { button, codeValue, context, modal, openSection, paged, section } from '../blocks/index.js';
import { ok } from '../core/outcome.js';
import { buttonValue, onModalButton, privately } from './button.js';
import type { Names, RequestOf } from './define.js';
import { namesOf } from './names.js';
import type { OnCurrent } from './stored.js';

/** A part of what approvers sign, in lines of which none is cut. */
export interface Part {
  readonly title: string;
  readonly lines: readonly string[];
}

type Sealed = RequestOf<string, { seal: string }>;

const termsActionOf = (capability: string): string => `${capability}.show_terms`;

/** For cards that had no room, and wherever a request is decided without its card. */
export const termsButton = (request: Sealed): Button =>
  button({
    text: 'Show Terms',
    actionId: termsActionOf(request.capability),
    value: buttonValue(request),
    label: `Show all that is sealed of request ${request.number}`,
  });

/** What it opens says what the card says, to whoever sees a card or decides at home. `view` is given the message's seal. */
export const onTermsButton = <Request>(
  capability: string,
  onCurrent: OnCurrent<Request>,
  view: (request: Request, names: Names, seal: string) => ModalView,
) =>
  onModalButton(termsActionOf(capability), async (context, id, { seal }) => {
    const found = await onCurrent(context, id, async (request) => ok(request));
    if (!found.ok) return privately(found);
    return { show: 'modal', view: view(found.value, namesOf(context.policy.organisation), seal) };
  });

/** Each part as far as a card has room for, in sections; what was cut is named, with the way to read it all (rule 5). */
export function partsOnCard(request: Sealed, parts: readonly (Part & { sections: number })[]): KnownBlock[] {
  const cut = parts.filter(({ lines, sections }) => paged(lines).length > sections);
  const names = cut.map(({ title }) => `*${title}*`).join(' and ');
  return [
    ...parts.flatMap(({ sections, ...part }) => wholePart(part).slice(0, sections)),
    ...(cut.length === 0
      ? []
      : [
          section(
            `${names}: longer than this message. Read all of it under *Show Terms*.`,
            termsButton(request),
          ),
        ]),
  ];
}

/** All of a part, over as many sections as it takes. */
export const wholePart = ({ title, lines }: Part): KnownBlock[] =>
  paged(lines.length === 0 ? ['–'] : lines).map((page, index) =>
    openSection(index === 0 ? `*${title}*\n${page}` : page),
  );

/** Some 48,000 characters: what a modal shows, a ledger entry holds and a person can read at all. */
const MOST_SECTIONS = 20;

/** Whether an approver can be shown all of it: what cannot be read cannot be approved. */
export const canBeRead = (parts: readonly Part[]): boolean =>
  parts.flatMap(wholePart).length <= MOST_SECTIONS;

/** Show Terms: everything under the seal, and whether the message it was opened from is of other terms. */
export function termsModal(
  request: Sealed,
  shown: { seal: string; lead: readonly KnownBlock[]; parts: readonly Part[] },
): ModalView {
  const { seal } = request.details;
  const changed = section(
    '*These terms are newer than the message you came from.* Its buttons no longer work: decide on the new one.',
  );
  return modal({
    callbackId: `${request.capability}.terms`,
    title: 'Sealed Terms',
    close: 'Close',
    blocks: [
      ...(shown.seal === seal ? [] : [changed]),
      ...shown.lead,
      ...shown.parts.flatMap(wholePart),
      context(`Sealed terms ${codeValue(seal, 64)} · what is approved is exactly what runs`),
    ],
  });
}
