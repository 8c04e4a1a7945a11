import { randomInt } from "node:crypto";

/** Without 0, O, 1, l and I, which people mistake for each other. */
const ALPHABET = "23456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
const RESERVED = new Set(["links", "health"]);

/** A random slug of the given length. */
export function makeSlug(length = 6) {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/** Why a slug cannot be used, or null. */
export function slugProblem(slug) {
  if (typeof slug !== "string" || slug === "") return "the slug is empty";
  if (slug.length > 40) return "the slug is longer than 40 characters";
  if (!/^[A-Za-z0-9_-]+$/.test(slug)) return "the slug may hold letters, digits, - and _ only";
  if (RESERVED.has(slug)) return `"${slug}" is reserved`;
  return null;
}
