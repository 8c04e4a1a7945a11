/** Names under which a request carries a secret, at any depth. A name too many costs a digest some of its sharpness and no more. */
const SECRET_NAME = /^(?:current|code|token|value)$|(?:password|secret|key)$/i;

/** A JSON value whose secrets say only that they are there: nobody can try values against a digest of it. Pure. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, SECRET_NAME.test(name) ? hidden(one) : withoutSecrets(one)]),
  );
}

/** Whether a secret is set, emptied or left alone is no secret. */
function hidden(value: unknown): unknown {
  return value === null || value === undefined || value === "" ? value : "[secret]";
}
