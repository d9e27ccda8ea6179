import {
  input,
  modal,
  numberInput,
  option,
  plainTextInput,
  section,
  staticSelect,
} from '../../blocks/index.js';

export const MODALS = {
  approveWith: 'elevation.approve_reason',
  shorten: 'elevation.shorten_to',
  askMore: 'elevation.question',
  answer: 'elevation.reply',
} as const;

export const APPROVES = 'approve';

const words = (callbackId: string, metadata: string, form: { title: string; submit: string; hint: string }) =>
  modal({
    callbackId,
    title: form.title,
    submit: form.submit,
    privateMetadata: metadata,
    blocks: [
      input({
        blockId: 'text',
        label: form.title,
        hint: form.hint,
        element: plainTextInput({ actionId: 'text', multiline: true, minLength: 1, maxLength: 900 }),
      }),
    ],
  });

export const approveModal = (metadata: string) =>
  words(MODALS.approveWith, metadata, {
    title: 'Reason to Approve',
    submit: 'Approve',
    hint: 'Stands with your approval, for everybody to read. No secrets.',
  });

export const askMoreModal = (metadata: string) =>
  words(MODALS.askMore, metadata, {
    title: 'Question',
    submit: 'Ask',
    hint: 'The requester is asked at once. The request goes on waiting. No secrets.',
  });

export const answerModal = (metadata: string) =>
  words(MODALS.answer, metadata, {
    title: 'Answer',
    submit: 'Answer',
    hint: 'Everybody who decides reads this. No secrets.',
  });

export const shortenModal = (metadata: string) =>
  modal({
    callbackId: MODALS.shorten,
    title: 'Shorten',
    submit: 'Shorten',
    privateMetadata: metadata,
    blocks: [
      section('The terms are sealed anew, so earlier approvals no longer count. The requester is told.'),
      input({
        blockId: 'minutes',
        label: 'Minutes',
        hint: 'Less than what is asked for.',
        element: numberInput({ actionId: 'minutes', min: 1, max: 43_200 }),
      }),
      input({
        blockId: 'next',
        label: 'And then',
        element: staticSelect({
          actionId: 'next',
          options: [
            option('Approve it with this time', APPROVES),
            option('Only shorten it; others decide', 'shorten'),
          ],
          initialValue: APPROVES,
        }),
      }),
    ],
  });
