import { bestMatches } from '../best-matches.js';
import { onButton, privately, underFields } from '../button.js';
import type { ActionCall, SlackAnswer, SlackHandlers, SubmissionCall, VerbContext } from '../define.js';
import { onTermsButton } from '../sealed-terms.js';
import { voteHandlers } from '../vote-controls.js';
import { approve } from './approve.js';
import { draftOfValues, fieldOf, readAsk } from './ask-form.js';
import { ASK_MODAL, askModal, FORM, personOption, targetOption } from './ask-modal.js';
import { close } from './close.js';
import { deny } from './deny.js';
import { draftFrom } from './draft.js';
import { offeredPeople, offeredTargets } from './offer.js';
import { requestWindow } from './request.js';
import { NAME, onCurrent } from './stored.js';
import { termsView } from './terms-modal.js';
import { ACTIONS } from './views.js';

const votes = voteHandlers(NAME, { approve, deny });

export const slack: SlackHandlers = {
  commands: [
    {
      name: '/window',
      opensModal: () => true,
      run: async (context, { by, text }) => ({
        show: 'modal',
        view: askModal(context, by, draftFrom(context, by, text, context.clock.now())),
      }),
    },
  ],
  options: [
    {
      actionId: FORM.people,
      run: async (context, { by, query }) => bestMatches(offeredPeople(context, by).map(personOption), query),
    },
    {
      actionId: FORM.targets,
      run: async (context, { by, query }) =>
        bestMatches(offeredTargets(context, by).map(targetOption), query),
    },
  ],
  actions: [
    ...votes.actions,
    onButton(ACTIONS.close, async (context, id, { by, input }) =>
      privately(await close(context, id, { by, input })),
    ),
    onTermsButton(NAME, onCurrent, termsView),
    { actionId: FORM.more, run: showMore },
  ],
  submissions: [{ callbackId: ASK_MODAL, run: submitAsk }, ...votes.submissions],
};

async function showMore(context: VerbContext, { by, view }: ActionCall): Promise<SlackAnswer> {
  if (view === undefined) return { show: 'nothing' };
  return { show: 'update', view: askModal(context, by, draftOfValues(view.values), true) };
}

async function submitAsk(context: VerbContext, call: SubmissionCall): Promise<SlackAnswer> {
  const read = readAsk(context, call.by, draftOfValues(call.values));
  if (!read.ok) return { show: 'errors', errors: read.errors };
  const outcome = await requestWindow(context, { by: call.by, input: call.input, asked: read.asked });
  return underFields(outcome, fieldOf(call.values));
}
