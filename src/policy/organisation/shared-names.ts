/** Names of functions. Some are first names or surnames too, so they count only where every word is one, or says where. */
const FUNCTION =
  /^(?:root|superuser|dba|everyone|all|group|office|info|contact|help|desk|customer|client|qa|sre|on|call|security|engineering|engineer|eng|platform|developer|development|dev|it|hr|finance|billing|sales|marketing|account|user|guest|test|temp|prod|production|staging|system|service|staff|alert|postmaster|webmaster|abuse|noreply|operations|operator)s?$/;
const PLACE = /^(?:eu|emea|us|usa|uk|apac|amer|global|europe|america|asia|north|south|east|west)$/;
/** Nobody is called so: one such word is enough. */
const ANYWHERE =
  /^(?:(?:super|sys|system|db|database|net|network|domain|site|web|cloud|it|global|local|root|app|server)?admin(?:istrator)?s?|shared|teams?|support|helpdesks?|servicedesks?|mailbox(?:es)?|ops|devops|oncall)$/;

/** Whether an account of this name is one that several people would use: `admins`, `Support-EU`, `on-call2`, `dev-us`. */
export function sharedName(name: string): boolean {
  const words = name
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
  if (words.some((word) => ANYWHERE.test(word)) || ANYWHERE.test(words.join(''))) return true;
  return isFunction(words.join('')) || (words.some(isFunction) && words.every(isFunctionOrPlace));
}

const isFunction = (word: string): boolean => FUNCTION.test(word);
const isFunctionOrPlace = (word: string): boolean => FUNCTION.test(word) || PLACE.test(word);
