import { bestMatches } from '../best-matches.js';
import { onButton, onModalButton, privately } from '../button.js';
import type { ActionCall, SlackAnswer, SlackHandlers, VerbContext } from '../define.js';
import { onTermsButton } from '../sealed-terms.js';
import { voteHandlers } from '../vote-controls.js';
import { requestAgain } from './again.js';
import { approve } from './approve.js';
import { draftOfValues, formState } from './ask-form.js';
import { ASK_MODAL, askModal, FORM, type FormState, targetOption } from './ask-modal.js';
import { ASKING } from './asking-views.js';
import { cancel } from './cancel.js';
import { elevate } from './commands/index.js';
import { nextPage } from './commands/mine.js';
import { showCredential } from './credential-modal.js';
import { decidingHandlers } from './deciding-slack.js';
import { deny } from './deny.js';
import { draftFromMessage } from './draft.js';
import { openEdit } from './edit.js';
import { end } from './end.js';
import { ACTIONS } from './living-views.js';
import { possibleSubjects, requestableScopes } from './offer.js';
import { revoking } from './revoke-modal.js';
import { NAME, onCurrent } from './stored.js';
import { showStory } from './story-modal.js';
import { openAsk, submitAsk } from './submit-ask.js';
import { termsView } from './terms-modal.js';

const votes = voteHandlers(NAME, { approve, deny });

export const slack: SlackHandlers = {
  commands: [elevate],
  shortcuts: [
    {
      callbackId: 'elevation.ask_shortcut',
      run: (context, call) => openAsk(context, call.by, draftFromMessage(context, call.by, call.text)),
    },
  ],
  options: [
    {
      actionId: FORM.target,
      run: async (context, { by, query }) =>
        bestMatches(requestableScopes(context, by).map(targetOption), query),
    },
    {
      actionId: FORM.subject,
      run: async (context, { by, query }) =>
        bestMatches(
          possibleSubjects(context, by, null).map(({ id, name }) => ({ text: name, value: id })),
          query,
        ),
    },
  ],
  actions: [
    ...votes.actions,
    onModalButton(ACTIONS.show, showCredential),
    onButton(ACTIONS.end, async (context, id, { by, input }) =>
      privately(await end(context, id, { by, input })),
    ),
    onButton(ACTIONS.again, async (context, id, call) => {
      const outcome = await requestAgain(context, id, call);
      if (!outcome.ok) return privately(outcome);
      const { number, window } = outcome.value;
      const what =
        window === null ? 'It waits for approval like any other.' : `Window #${window} lets it through.`;
      return { show: 'private', text: `Asked again as #${number}, on the same terms. ${what}` };
    }),
    onButton(ASKING.cancel, async (context, id, call) => privately(await cancel(context, id, call))),
    onModalButton(ASKING.edit, async (context, id, call) => {
      const opened = await openEdit(context, id, call);
      return opened.ok ? { show: 'modal', view: opened.value } : privately(opened);
    }),
    { actionId: FORM.more, run: (context, call) => redraw(context, call, { more: true }) },
    ...[FORM.target, FORM.subject].map((actionId) => ({
      actionId,
      run: (context: VerbContext, call: ActionCall) => redraw(context, call, {}),
    })),
    onModalButton(ACTIONS.story, showStory),
    onTermsButton(NAME, onCurrent, termsView),
    ...revoking.actions,
    nextPage,
    ...decidingHandlers.actions,
  ],
  submissions: [
    { callbackId: ASK_MODAL, run: submitAsk },
    ...votes.submissions,
    ...revoking.submissions,
    ...decidingHandlers.submissions,
  ],
};

/** The same form with what was typed so far, and the fields that this wants. */
async function redraw(
  context: VerbContext,
  { by, view }: ActionCall,
  change: Partial<FormState>,
): Promise<SlackAnswer> {
  if (view === undefined) return { show: 'nothing' };
  const draft = draftOfValues(context, view.values);
  return { show: 'update', view: askModal(context, by, draft, { ...formState(view.metadata), ...change }) };
}
