/** Union-find over texts. Which sets there are does not depend on the order of unions. */
export class DisjointSets {
  readonly #parents = new Map<string, string>();
  readonly #members = new Map<string, readonly string[]>();

  /** The set's representative: any of its members, the same one until the next union. */
  find(member: string): string {
    let root = member;
    for (let parent = this.#parents.get(root); parent !== undefined; parent = this.#parents.get(root))
      root = parent;
    // Shorten the way for the next one who asks.
    for (let at = member; at !== root;) {
      const next = this.#parents.get(at) ?? root;
      this.#parents.set(at, root);
      at = next;
    }
    return root;
  }

  union(a: string, b: string): void {
    const [one, other] = [this.find(a), this.find(b)];
    if (one === other) return;
    const [small, large] =
      this.members(one).length < this.members(other).length ? [one, other] : [other, one];
    this.#members.set(large, [...this.members(large), ...this.members(small)]);
    this.#members.delete(small);
    this.#parents.set(small, large);
  }

  /** Everything in the set of this member, itself included. */
  members(member: string): readonly string[] {
    const root = this.find(member);
    return this.#members.get(root) ?? [root];
  }

  /** The sets of two members and more. */
  groups(): readonly (readonly string[])[] {
    return [...this.#members.values()];
  }
}
