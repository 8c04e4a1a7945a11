import { makeSlug, slugProblem } from "./slug.js";
import { urlProblem } from "./url.js";

/** A refused request: its message is for the person who made it. */
export class LinkError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The links of a store, and the rules for them. */
export class Links {
  constructor(store, now = () => new Date()) {
    this.store = store;
    this.now = now;
  }

  /** Adds a link. Without a slug, an address that has a link already gets that one. */
  add({ url, slug }) {
    const problem = urlProblem(url) ?? (slug === undefined ? null : slugProblem(slug));
    if (problem) throw new LinkError(400, problem);
    if (slug === undefined) {
      const known = this.store.all().find((link) => link.url === url);
      if (known) return known;
    }
    if (slug !== undefined && this.store.get(slug)) throw new LinkError(409, `"${slug}" is taken`);
    const link = { slug: slug ?? this.#freshSlug(), url, visits: 0, createdAt: this.now().toISOString() };
    this.store.put(link);
    return link;
  }

  /** All links, the most visited first. */
  list() {
    return this.store.all().sort((a, b) => b.visits - a.visits || a.slug.localeCompare(b.slug));
  }

  /** Counts a visit and gives the address. */
  visit(slug) {
    const link = this.#find(slug);
    this.store.put({ ...link, visits: link.visits + 1 });
    return link.url;
  }

  /** Deletes a link. */
  remove(slug) {
    this.#find(slug);
    this.store.delete(slug);
  }

  #find(slug) {
    const link = this.store.get(slug);
    if (!link) throw new LinkError(404, `there is no link "${slug}"`);
    return link;
  }

  #freshSlug() {
    let slug = makeSlug();
    while (this.store.get(slug)) slug = makeSlug();
    return slug;
  }
}
