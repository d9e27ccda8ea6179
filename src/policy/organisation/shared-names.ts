/** Names of functions, not of people. Some are first names or surnames too, so they count only when they are all there is. */
const WHOLE =
  /^(root|superuser|dba|everyone|all|group|office|info|contact|help|ops|devops|sre|qa|oncall|security|engineering|platform|developer|dev|it|hr|finance|billing|sales|marketing|user|guest|test|temp|system|service|staff|alerts|postmaster|webmaster|abuse|noreply)$/;
const ANYWHERE = /^(admin|administrator|sysadmin|shared|team|support|helpdesk|servicedesk|mailbox)$/;

/** Whether an account of this name is one that several people would use: `admin`, `Support-EU`, `on-call2`. */
export function sharedName(name: string): boolean {
  const words = name
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
  return WHOLE.test(words.join('')) || words.some((word) => ANYWHERE.test(word));
}
