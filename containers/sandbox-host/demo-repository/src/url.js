const SCHEMES = new Set(["http:", "https:"]);

/** Why an address cannot be shortened, or null. */
export function urlProblem(text) {
  if (typeof text !== "string" || text === "") return "the address is empty";
  if (!URL.canParse(text)) return "this is not an address";
  if (!SCHEMES.has(new URL(text).protocol)) return "only http and https addresses can be shortened";
  return null;
}
