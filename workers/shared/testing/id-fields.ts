import { z } from "zod";
import { ID_PREFIXES, type IdNoun } from "#contract/ids";

/** A field of a request that names something: where it is, and what it names. */
export interface IdField {
  /** Names of fields; `[]` is the one element of a list of objects, with `others` beside the id. */
  path: string[];
  noun: IdNoun;
  list: boolean;
  others?: Record<string, unknown>;
}

interface JsonSchema {
  pattern?: string;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
}

/** Every field of a schema that takes an id of ours, from the schema itself. */
export function idFields(schema: z.ZodType | undefined): IdField[] {
  if (!schema) return [];
  return fieldsOf(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema, []);
}

/** The value with the field set to the id. */
export function withField(value: unknown, field: IdField, id: string): unknown {
  return setAt(value, field.path, { to: field.list ? [id] : id, others: field.others ?? {} });
}

function setAt(value: unknown, [name, ...rest]: string[], set: { to: unknown; others: object }): unknown {
  if (name === undefined) return set.to;
  if (name === "[]") return [setAt(set.others, rest, set)];
  const here = (value ?? {}) as Record<string, unknown>;
  return { ...here, [name]: setAt(here[name], rest, set) };
}

function fieldsOf(schema: JsonSchema, path: string[]): IdField[] {
  const nouns = Object.entries(ID_PREFIXES) as [IdNoun, string][];
  const named = nouns.find(([, prefix]) => schema.pattern?.startsWith(`^${prefix}_`));
  const own = named ? [{ path, noun: named[0], list: false }] : [];
  const listed = schema.items ? listFields(schema.items, path) : [];
  const inside = Object.entries(schema.properties ?? {}).flatMap(([name, one]) => fieldsOf(one, [...path, name]));
  const choices = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((some) => some ?? []);
  return [...own, ...listed, ...inside, ...choices.flatMap((one) => fieldsOf(one, path))];
}

function listFields(items: JsonSchema, path: string[]): IdField[] {
  if (!items.properties) return fieldsOf(items, path).map((one) => ({ ...one, list: true }));
  const choices = Object.entries(items.properties).filter(([, one]) => one.enum !== undefined);
  const others = Object.fromEntries(choices.map(([name, one]) => [name, one.enum?.[0]]));
  return fieldsOf(items, [...path, "[]"]).map((one) => ({ ...one, others }));
}
