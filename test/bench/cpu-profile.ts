/** What `node --cpu-prof` writes: a tree of calls, and which of its nodes ran at each sample. Microseconds. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly children?: readonly number[];
  }[];
  /** By the system's monotonic clock, as process.hrtime tells it. */
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface FunctionTime {
  readonly name: string;
  /** In the function's own statements, microseconds. */
  readonly self: number;
  /** With all that it calls; recursion counts once. */
  readonly total: number;
}

/** The system's monotonic clock in microseconds: the clock of the profile. */
export function monotonicMicros(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** Times of all functions between two moments, most own time first. Idle time is left out. */
export function functionTimes(
  profile: CpuProfile,
  from: number,
  to: number,
): { readonly busy: number; readonly functions: readonly FunctionTime[] } {
  const stacks = stackNames(profile);
  const times = new Map<string, { self: number; total: number }>();
  let busy = 0;
  let now = profile.startTime;
  profile.samples.forEach((id, index) => {
    const spent = profile.timeDeltas[index] ?? 0;
    now += spent;
    const stack = stacks.get(id) ?? [];
    if (now < from || now > to || stack[0] === '(idle)') return;
    busy += spent;
    for (const name of new Set(stack)) {
      const time = times.get(name) ?? { self: 0, total: 0 };
      time.total += spent;
      if (name === stack[0]) time.self += spent;
      times.set(name, time);
    }
  });
  const functions = [...times].map(([name, time]) => ({ name, ...time }));
  return { busy, functions: functions.sort((a, b) => b.self - a.self) };
}

/** The functions on the stack of each node, innermost first. */
function stackNames({ nodes }: CpuProfile): Map<number, string[]> {
  const stacks = new Map<number, string[]>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const children = new Set(nodes.flatMap((node) => node.children ?? []));
  const waiting = nodes
    .filter((node) => !children.has(node.id))
    .map((node) => ({ node, above: [] as string[] }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { functionName, url, lineNumber } = next.node.callFrame;
    const place = url === '' ? '' : ` ${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`;
    const stack = [`${functionName || '(anonymous)'}${place}`, ...next.above];
    stacks.set(next.node.id, stack);
    for (const id of next.node.children ?? []) {
      const node = byId.get(id);
      if (node) waiting.push({ node, above: stack });
    }
  }
  return stacks;
}
