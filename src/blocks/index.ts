export { type ButtonWords, button, type ConfirmWords, option } from './controls.js';
export {
  dateTimePicker,
  type ExternalSelectWords,
  externalSelect,
  type InputWords,
  input,
  type MultiSelectWords,
  multiSelectAmong,
  type NumberInputWords,
  numberInput,
  plainTextInput,
  type StaticSelectWords,
  selectAmong,
  staticSelect,
  type TextInputWords,
} from './inputs.js';
export { actions, context, divider, fields, header, openSection, section } from './layout.js';
export type { Problem } from './problem.js';
export { homeView, type MessageContent, type ModalWords, message, modal } from './surfaces.js';
export {
  codeValue,
  escapeMrkdwn,
  inlineValue,
  mention,
  plainText,
  quotedValue,
  slackCountdown,
  slackDate,
  truncate,
} from './text.js';
export { type Payload, validatePayload } from './validate.js';
export { codeWhole, inlineWhole, paged, quotedWhole } from './whole.js';
