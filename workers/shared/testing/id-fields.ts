import { z } from "zod";
import { ID_PREFIXES, type IdNoun } from "#contract/ids";

/** A field of a request that names something: where it is, with `[]` for the first of a list, and what it names. */
export interface IdField {
  path: string[];
  noun: IdNoun;
}

interface JsonSchema {
  pattern?: string;
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
  return setAt(value, field.path, id);
}

function setAt(value: unknown, [name, ...rest]: string[], to: unknown): unknown {
  if (name === undefined) return to;
  if (name === "[]") return [setAt(Array.isArray(value) ? value[0] : undefined, rest, to)];
  const here = (value ?? {}) as Record<string, unknown>;
  return { ...here, [name]: setAt(here[name], rest, to) };
}

function fieldsOf(schema: JsonSchema, path: string[]): IdField[] {
  const nouns = Object.entries(ID_PREFIXES) as [IdNoun, string][];
  const named = nouns.find(([, prefix]) => schema.pattern?.startsWith(`^${prefix}_`));
  const own = named ? [{ path, noun: named[0] }] : [];
  const listed = schema.items ? fieldsOf(schema.items, [...path, "[]"]) : [];
  const inside = Object.entries(schema.properties ?? {}).flatMap(([name, one]) => fieldsOf(one, [...path, name]));
  const choices = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((some) => some ?? []);
  return [...own, ...listed, ...inside, ...choices.flatMap((one) => fieldsOf(one, path))];
}
