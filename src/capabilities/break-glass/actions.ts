export const ACTIONS = {
  show: 'break-glass.show_credential',
  end: 'break-glass.end_now',
  justify: 'break-glass.write_justification',
  standIn: 'break-glass.write_stand_in',
  confirmStandIn: 'break-glass.confirm_stand_in',
  write: 'break-glass.write_review',
  take: 'break-glass.take_review',
  differences: 'break-glass.differences',
  signOff: 'break-glass.sign_off',
  stop: 'break-glass.stop_person',
  contain: 'break-glass.contain',
  exportMarkdown: 'break-glass.export_markdown',
  exportJson: 'break-glass.export_json',
} as const;

export const MODALS = {
  use: 'break-glass.use',
  justify: 'break-glass.justify',
  standIn: 'break-glass.stand_in',
  review: 'break-glass.review',
  differences: 'break-glass.settle',
} as const;

/** The choices of the form, which are searched where there are many. */
export const FORM = {
  system: 'break-glass.system',
  takeOver: 'break-glass.take_over',
} as const;
