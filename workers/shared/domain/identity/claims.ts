/** The JSON object of a token or of a userinfo answer; nothing in it is trusted to have a type. */
export type Claims = Record<string, unknown>;

/**
 * The texts at a path of claims, such as `groups` or `realm_access.roles`. A claim whose name is the whole path, dots and all,
 * comes first. A lone text counts as a list of one; anything else there is no list.
 */
export function textsAt(claims: Claims, path: string): string[] {
  const value = Object.hasOwn(claims, path) ? claims[path] : path.split(".").reduce<unknown>(step, claims);
  if (typeof value === "string") return value === "" ? [] : [value];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}

function step(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isObject(value: unknown): value is Claims {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The address of a person in lower case, or null. */
export function emailOf(claims: Claims): string | null {
  const { email } = claims;
  return typeof email === "string" && /^[^\s@]+@[^\s@]+$/.test(email) && email.length <= 254
    ? email.toLowerCase()
    : null;
}

/** Whether the provider vouches for the address. Some send the text `true`. */
export function isEmailVerified(claims: Claims): boolean {
  return claims.email_verified === true || claims.email_verified === "true";
}

const NAME_CHARS = 80;

/** What to call the person: the first of their name, user name and address, else their subject. */
export function nameOf(claims: Claims, subject: string): string {
  const names = [claims.name, claims.preferred_username, claims.email, subject];
  const name = names.find((one): one is string => typeof one === "string" && one.trim() !== "") ?? subject;
  return name.trim().slice(0, NAME_CHARS);
}
