/**
 * The strongly connected components that can be reached from `roots`, each after those that it leads to
 * (Tarjan 1972, without recursion). A component of one node is a loop only if the node leads to itself.
 */
export function components(
  roots: Iterable<number>,
  successors: (node: number) => readonly number[],
): readonly (readonly number[])[] {
  const found: number[][] = [];
  const index = new Map<number, number>();
  const low = new Map<number, number>();
  const open: number[] = [];
  const isOpen = new Set<number>();
  const enter = (node: number): Frame => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    open.push(node);
    isOpen.add(node);
    return { node, next: successors(node), at: 0 };
  };
  const lower = (node: number, to: number): void => {
    low.set(node, Math.min(low.get(node) ?? to, to));
  };
  for (const root of roots) {
    if (index.has(root)) continue;
    const frames = [enter(root)];
    for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
      const next = frame.next[frame.at];
      frame.at += 1;
      if (next === undefined) {
        frames.pop();
        const parent = frames.at(-1);
        const own = low.get(frame.node) ?? 0;
        if (parent) lower(parent.node, own);
        if (own === index.get(frame.node)) found.push(close(frame.node, open, isOpen));
      } else if (!index.has(next)) frames.push(enter(next));
      else if (isOpen.has(next)) lower(frame.node, index.get(next) ?? 0);
    }
  }
  return found;
}

interface Frame {
  readonly node: number;
  readonly next: readonly number[];
  at: number;
}

function close(head: number, open: number[], isOpen: Set<number>): number[] {
  const members: number[] = [];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    isOpen.delete(node);
    members.push(node);
    if (node === head) break;
  }
  return members;
}
