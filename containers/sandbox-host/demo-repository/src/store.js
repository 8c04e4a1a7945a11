import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** Links in memory: for tests. */
export class MemoryStore {
  #links = new Map();

  all() {
    return [...this.#links.values()];
  }

  get(slug) {
    return this.#links.get(slug) ?? null;
  }

  put(link) {
    this.#links.set(link.slug, link);
  }

  delete(slug) {
    this.#links.delete(slug);
  }
}

/** Links in a JSON file, written whole after each change. */
export class FileStore extends MemoryStore {
  constructor(file) {
    super();
    this.file = file;
    if (!existsSync(file)) return;
    for (const link of JSON.parse(readFileSync(file, "utf8"))) super.put(link);
  }

  put(link) {
    super.put(link);
    this.#save();
  }

  delete(slug) {
    super.delete(slug);
    this.#save();
  }

  /** A reader sees the old file or the new one, never half of it. */
  #save() {
    writeFileSync(`${this.file}.part`, JSON.stringify(this.all(), null, 2));
    renameSync(`${this.file}.part`, this.file);
  }
}
